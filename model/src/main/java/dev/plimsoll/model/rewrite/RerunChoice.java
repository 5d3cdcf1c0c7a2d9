package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import java.util.HashSet;
import java.util.Set;

/// Which operators of a block are run again in its backward pass, by name.
///
/// @param outputs those whose outputs are not kept, nor what they find on their way
/// @param findings those whose outputs are kept, but not what they find on their way
record RerunChoice(Set<String> outputs, Set<String> findings) {
    static RerunChoice of(Block block, Set<Piece> pieces) {
        Set<String> outputs = new HashSet<>();
        Set<String> findings = new HashSet<>();
        Set<Value> expanded = new HashSet<>();
        Set<Value> gated = gated(block);
        int products = 0;
        for (Operator operator : block.operators()) {
            if (gathersTokens(operator)) {
                outputs.add(operator.name());
            }
            products += isProduct(operator) ? 1 : 0;
            boolean firstOfTwo = products % 2 == 1;
            for (Piece piece : pieces) {
                boolean chosen = switch (piece) {
                    case LAYER -> true;
                    case NORMALIZATION -> operator instanceof Operator.Normalization;
                    case GATE -> operator instanceof Operator.Activation && gated.contains(operator.output());
                    case ACTIVATION -> isFeedForward(operator.role()) && isElementWise(operator);
                    case CORE_ATTENTION -> false;
                    case LATENT_UP_PROJECTION ->
                        operator.role() == Role.LATENT_UP_PROJECTION || rotates(operator, expanded);
                    case FEED_FORWARD -> isFeedForward(operator.role()) || operator.role() == Role.ROUTER;
                    case OTHER_PRODUCTS -> !isAttention(operator) && !(isProduct(operator) && firstOfTwo);
                };
                if (chosen) {
                    outputs.add(operator.name());
                }
                if (piece == Piece.CORE_ATTENTION && isAttention(operator)) {
                    findings.add(operator.name());
                }
            }
            if (operator.role() == Role.LATENT_UP_PROJECTION) {
                expanded.add(operator.output());
            }
        }
        return new RerunChoice(Set.copyOf(outputs), Set.copyOf(findings));
    }

    /// A tensor group that splits the tokens keeps its parts of them, and gathers them again. Source: Korthikanti et al.
    /// 2022, section 4.2.2.
    private static boolean gathersTokens(Operator operator) {
        return operator instanceof Collective.AllGather gather && gather.group() == DeviceGroup.TENSOR;
    }

    private static boolean isAttention(Operator operator) {
        return operator instanceof Operator.Attention || operator instanceof Collective.RingAttention;
    }

    /// Values that something is multiplied by element by element.
    private static Set<Value> gated(Block block) {
        Set<Value> values = new HashSet<>();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Multiply multiply) {
                values.addAll(multiply.reads());
            }
        }
        return values;
    }

    private static boolean isProduct(Operator operator) {
        return operator instanceof Operator.Linear;
    }

    private static boolean rotates(Operator operator, Set<Value> expanded) {
        return operator instanceof Operator.RotaryEmbedding rotary && expanded.contains(rotary.input());
    }

    private static boolean isElementWise(Operator operator) {
        return operator instanceof Operator.Activation || operator instanceof Operator.Multiply;
    }

    private static boolean isFeedForward(Role role) {
        return switch (role) {
            case FEED_FORWARD, EXPERT, SHARED_EXPERT -> true;
            case EMBEDDING,
                    NORMALIZATION,
                    RESIDUAL,
                    QUERY_KEY_VALUE,
                    LATENT_UP_PROJECTION,
                    POSITION,
                    CORE_ATTENTION,
                    ATTENTION_OUTPUT,
                    INDEXER,
                    ROUTER,
                    RECURRENCE_PROJECTION,
                    RECURRENCE,
                    PROJECTOR,
                    POOLER,
                    HEAD -> false;
        };
    }
}
