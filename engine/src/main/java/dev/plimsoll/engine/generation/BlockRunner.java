package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Runs one block forward over a row of tokens, its attentions over their caches.
///
/// An operator's outputs are allocated before it is run, and each value is released behind its last reader.
final class BlockRunner {
    private final Machine machine;
    private final GenerationOptions options;
    private final Weights weights;
    private final OperatorRun operators;
    private final CachedAttention attentions;
    private final AbsorbedAttention absorbed;
    private final ExpandedAttention expanded;

    BlockRunner(Machine machine, GenerationOptions options, Weights weights) {
        this.machine = machine;
        this.options = options;
        this.weights = weights;
        this.operators = new OperatorRun(machine);
        this.attentions = new CachedAttention(machine, options);
        this.absorbed = new AbsorbedAttention(machine, attentions, operators.log());
        this.expanded = new ExpandedAttention(machine, attentions, operators, weights, options.precision());
    }

    CachedAttention attentions() {
        return attentions;
    }

    /// Bytes of parameters read so far.
    long weightBytes() {
        return operators.weightBytes();
    }

    FeedLog log() {
        return operators.log();
    }

    /// One block of a step.
    ///
    /// @param firstAttention the place of the block's first attention among those of the program
    record Place(InferenceProgram.Step step, BlockPlan plan, int firstAttention) {}

    /// @param stream what the block before wrote, released here; empty for the first block
    /// @return the block's first output, to be released by the caller
    Tensor run(Place place, Optional<Tensor> stream, Row row, Batch batch) {
        InferenceProgram.Step step = place.step();
        try (StepValues values =
                new StepValues(step, weights, machine.memory(), options.precision(), row.positions())) {
            stream.ifPresent(tensor -> values.put(step.block().inputs().getFirst(), tensor));
            inputs(step, row, values);
            Set<Operator> left = leftOut(place.plan(), batch);
            int attention = place.firstAttention();
            for (int at = 0; at < step.block().operators().size(); at++) {
                Operator operator = step.block().operators().get(at);
                if (!left.contains(operator)) {
                    machine.memory().moment(step.label() + " forward " + operator.name());
                    operator.writes().forEach(values::allocate);
                    log().at(step.label(), operator.name());
                    if (operator instanceof Operator.Attention core) {
                        Expansion expansion = place.plan().expansion(core);
                        attend(new AttentionStep(expansion, attention, batch, values), step);
                        attention++;
                    } else {
                        operators.forward(operator, values);
                    }
                    if (operator instanceof Operator.Router router) {
                        log().routed(step.layer(), router, values.value(router.experts()));
                    }
                }
                place.plan().doneAfter(at).forEach(values::release);
            }
            return values.take(step.block().outputs().getFirst());
        }
    }

    private static void inputs(InferenceProgram.Step step, Row row, StepValues values) {
        for (Value input : step.block().inputs()) {
            if (input.content() == Value.Content.INDEX) {
                int[] numbers = values.allocate(input).integers();
                System.arraycopy(TokenIndex.of(input).of(row), 0, numbers, 0, numbers.length);
            }
        }
    }

    /// What an attention's queries look at.
    private enum Looks {
        AT_KEPT_KEYS,
        AT_NEW_KEYS,
        AT_LATENTS,
        AT_KEYS_EXPANDED_AGAIN
    }

    private Looks looks(Expansion expansion, Batch batch) {
        if (expansion.isEmpty()) {
            return Looks.AT_KEPT_KEYS;
        }
        return switch (options.latents()) {
            case KEPT_EXPANDED -> Looks.AT_KEPT_KEYS;
            case ABSORBED -> batch.isFirst() ? Looks.AT_NEW_KEYS : Looks.AT_LATENTS;
            case EXPANDED_AGAIN -> batch.isFirst() ? Looks.AT_NEW_KEYS : Looks.AT_KEYS_EXPANDED_AGAIN;
        };
    }

    /// The operators whose outputs nobody looks at, or that are run within the attention.
    private Set<Operator> leftOut(BlockPlan plan, Batch batch) {
        Set<Operator> left = new HashSet<>();
        for (Expansion expansion : plan.expansions().values()) {
            switch (looks(expansion, batch)) {
                case AT_KEPT_KEYS, AT_NEW_KEYS -> {}
                case AT_LATENTS, AT_KEYS_EXPANDED_AGAIN -> left.addAll(expansion.operators());
            }
        }
        return left;
    }

    private void attend(AttentionStep attention, InferenceProgram.Step step) {
        Counts cache = attentions.cacheWork().counts();
        switch (looks(attention.expansion(), attention.batch())) {
            case AT_KEPT_KEYS -> attentions.run(attention);
            case AT_NEW_KEYS -> attentions.runFirst(attention);
            case AT_LATENTS -> {
                absorbed.run(attention);
                operators.countRead(
                        weights.of(step, attention.expansion().keyMap().weight()));
                operators.countRead(
                        weights.of(step, attention.expansion().valueMap().weight()));
            }
            case AT_KEYS_EXPANDED_AGAIN -> expanded.run(attention, step);
        }
        attention.attention().parameters().forEach(parameter -> operators.countRead(weights.of(step, parameter)));
        Counts cached = attentions.cacheWork().counts().minus(cache);
        attentions.work().read(cached.bytesRead());
        attentions.work().written(cached.bytesWritten());
    }
}
