package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.Tally;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Walks what a workload runs, once for each pass over it.
final class FlopWalk {
    /// What is added up.
    enum Pass {
        FORWARD,
        /// The head's share of the forward pass.
        LOGITS,
        /// A product of two values has a gradient for each that needs one: two, or one where the input is raw data.
        BACKWARD,
        RECOMPUTATION
    }

    private static final Pass[] PASSES = Pass.values();

    private final CountingConvention convention;
    private final OpenSizes sizes;
    private final OperatorFlops flops;
    private final long parameters;
    private final List<BlockRuns> counted = new ArrayList<>();
    private final Set<String> leftOut = new LinkedHashSet<>();

    /// @param parameters those that the convention multiplies by tokens; 0 where it walks
    FlopWalk(Transformer model, CountingConvention convention, OpenSizes sizes, long parameters) {
        this.convention = convention;
        this.sizes = sizes;
        this.flops = new OperatorFlops(convention, sizes);
        this.parameters = parameters;
        for (BlockRuns run : BlockRuns.of(model)) {
            if (sizes.isKnown(run)) {
                counted.add(run);
            } else {
                leftOut.add(
                        run.part().kind() == Part.Kind.TEXT_DECODER
                                ? run.block().name()
                                : run.part().name());
            }
        }
    }

    /// Parts and blocks that this workload does not run.
    Set<String> leftOut() {
        return leftOut;
    }

    /// All passes in one walk: an operator's work is found once and added as often as each pass runs it.
    Map<Pass, QuickTally> sums() {
        Map<Pass, QuickTally> sums = new EnumMap<>(Pass.class);
        for (Pass pass : PASSES) {
            QuickTally sum = new QuickTally();
            parameters(pass, sum);
            sums.put(pass, sum);
        }
        QuickTally work = new QuickTally();
        for (BlockRuns run : counted) {
            OperatorFlops.Repeats once = new OperatorFlops.Repeats(run.layers(), 1);
            for (Operator operator : run.block().operators()) {
                work.clear();
                flops.count(operator, once, run, work);
                if (work.value() > 0) {
                    sums.forEach((pass, sum) -> sum.add(work, times(pass, operator, run)));
                }
            }
        }
        return sums;
    }

    /// One pass, leaf by leaf.
    void walk(Pass pass, Tally tally) {
        parameters(pass, tally);
        for (BlockRuns run : counted) {
            tally.group(run.block().name());
            for (Operator operator : run.block().operators()) {
                long times = times(pass, operator, run);
                if (times > 0) {
                    flops.count(operator, new OperatorFlops.Repeats(run.layers(), times), run, tally);
                }
            }
        }
    }

    /// The lines behind every number of visible pairs, each once.
    List<Explanation> pairs() {
        Set<Explanation> lines = new LinkedHashSet<>();
        for (BlockRuns run : counted) {
            for (Operator operator : run.block().operators()) {
                flops.explainPairs(operator).ifPresent(lines::add);
            }
        }
        return List.copyOf(lines);
    }

    private void parameters(Pass pass, Tally tally) {
        if (convention.form() != CountingConvention.Form.PARAMETERS) {
            return;
        }
        long times = switch (pass) {
            case FORWARD -> 1;
            case BACKWARD -> 2;
            case LOGITS, RECOMPUTATION -> 0;
        };
        if (times > 0) {
            tally.group("parameters").leaf("parameters").times(2 * times).times("N", parameters);
            tally.times("tokens", sizes.workload().tokens());
        }
    }

    private long times(Pass pass, Operator operator, BlockRuns run) {
        if (convention.form() == CountingConvention.Form.PARAMETERS
                && pass != Pass.LOGITS
                && !(operator instanceof Operator.Attention)) {
            return 0;
        }
        return switch (pass) {
            case FORWARD -> 1;
            case LOGITS -> operator.role() == Role.HEAD ? 1 : 0;
            case BACKWARD -> gradients(operator, run);
            case RECOMPUTATION -> again(operator);
        };
    }

    private static long gradients(Operator operator, BlockRuns run) {
        return switch (run.part().kind()) {
            case VISION_ENCODER, AUDIO_ENCODER -> readsRawData(operator, run) ? 1 : 2;
            case TEXT_DECODER, TEXT_ENCODER, PROJECTOR, POOLER, NEXT_TOKENS_PREDICTION -> 2;
        };
    }

    // The identity of the part's first block is meant, not an equal program elsewhere.
    @SuppressWarnings("ReferenceEquality")
    private static boolean readsRawData(Operator operator, BlockRuns run) {
        if (run.part().runs().getFirst().block() != run.block()) {
            return false;
        }
        for (Value read : operator.reads()) {
            if (run.block().inputs().contains(read)) {
                return true;
            }
        }
        return false;
    }

    private long again(Operator operator) {
        Recomputation recomputation = switch (sizes.workload()) {
            case Workload.Training training -> training.recomputation();
            case Workload.Prefill _, Workload.Decode _ -> Recomputation.NONE;
        };
        boolean core = operator instanceof Operator.Attention;
        return switch (convention.recomputed()) {
            case NEVER -> 0;
            case ALWAYS_FULL -> sizes.workload() instanceof Workload.Training && isInLayer(operator) ? 1 : 0;
            case FULL_ONLY -> recomputation == Recomputation.FULL && isInLayer(operator) ? 1 : 0;
            case AS_RUN, CORE_TWICE ->
                switch (recomputation) {
                    case NONE -> 0;
                    case FULL -> isInLayer(operator) ? 1 : 0;
                    case SELECTIVE ->
                        core ? (convention.recomputed() == CountingConvention.Recomputed.CORE_TWICE ? 3 : 1) : 0;
                };
        };
    }

    /// Whether it belongs to the layers that are run again, and not to what stands before and behind them.
    private static boolean isInLayer(Operator operator) {
        return switch (operator.role()) {
            case EMBEDDING, HEAD, POOLER, PROJECTOR -> false;
            case NORMALIZATION,
                    RESIDUAL,
                    QUERY_KEY_VALUE,
                    LATENT_UP_PROJECTION,
                    POSITION,
                    CORE_ATTENTION,
                    ATTENTION_OUTPUT,
                    INDEXER,
                    FEED_FORWARD,
                    ROUTER,
                    EXPERT,
                    SHARED_EXPERT,
                    RECURRENCE_PROJECTION,
                    RECURRENCE -> true;
        };
    }
}
