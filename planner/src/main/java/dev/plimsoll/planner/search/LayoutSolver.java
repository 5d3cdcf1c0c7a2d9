package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.memory.HeldParameters;
import dev.plimsoll.planner.memory.LayerMemory;
import dev.plimsoll.planner.memory.LayerSplit;
import dev.plimsoll.planner.search.SplitSearch.Pruning;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod.Offload;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// The fewest devices, the largest micro-batch, the longest sequence with which a job can be run, all layouts considered
/// that are not settled.
public final class LayoutSolver {
    /// Lengths are multiples of this many tokens.
    public static final long GRANULE = 1024;

    private static final long LONGEST = 1L << 26;

    private final TrainingJob job;
    private final FixedChoices fixed;
    private final SearchControl control;

    private LayoutSolver(TrainingJob job, FixedChoices fixed, SearchControl control) {
        this.job = job;
        this.fixed = fixed;
        this.control = control;
    }

    public static LayoutSolver of(TrainingJob job, FixedChoices fixed, SearchControl control) {
        return new LayoutSolver(job, fixed, control);
    }

    /// The fewest devices: divisors of a node, then whole nodes.
    ///
    /// A walk, from what all states together need: more devices do not always help, since they must divide the batch.
    ///
    /// @param most devices that are tried; empty where none of them is enough
    public Optional<Solved> fewestDevices(Accelerator accelerator, double pricePerDeviceSecond, long most) {
        long node = accelerator.node().devices();
        LongStream counts = LongStream.concat(
                LongStream.rangeClosed(1, node).filter(count -> node % count == 0),
                LongStream.iterate(2 * node, count -> count + node));
        long least = atLeast((long) accelerator.usableMemory().value());
        return counts.dropWhile(count -> count < least)
                .takeWhile(count -> count <= most && !control.interrupted().getAsBoolean())
                .mapToObj(count ->
                        solve(new SearchDevices(Cluster.of(accelerator, count), pricePerDeviceSecond), fixed, count))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// The largest micro-batch among the divisors of the global batch.
    ///
    /// A walk from the largest: with fewer micro-batches than stages a larger one does not always need more.
    public Optional<Solved> largestMicroBatch(SearchDevices devices) {
        long global = job.batch().globalBatch();
        return WholeSpace.microBatches(global).reversed().stream()
                .takeWhile(_ -> !control.interrupted().getAsBoolean())
                .map(micro -> solve(devices, fixed.withMicroBatch(micro), micro))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// The longest sequence, in multiples of [#GRANULE], among layouts whose degrees divide the granule.
    ///
    /// A bisection: such a layout can be run with every multiple, and every tensor is a product of sizes of which none
    /// shrinks as sequences grow, so that its memory never falls.
    public Optional<Solved> longestSequence(SearchDevices devices) {
        Optional<Solved> fits = atLength(devices, 1);
        if (fits.isEmpty()) {
            return fits;
        }
        long low = 1;
        long high = 2;
        while (high * GRANULE <= LONGEST) {
            Optional<Solved> longer = atLength(devices, high);
            if (longer.isEmpty()) {
                break;
            }
            fits = longer;
            low = high;
            high *= 2;
        }
        while (high - low > 1 && !control.interrupted().getAsBoolean()) {
            long middle = low + (high - low) / 2;
            Optional<Solved> found = atLength(devices, middle);
            if (found.isPresent()) {
                fits = found;
                low = middle;
            } else {
                high = middle;
            }
        }
        return fits;
    }

    private Optional<Solved> atLength(SearchDevices devices, long granules) {
        TrainingJob longer = atTokens(granules * GRANULE);
        SearchSpace space = WholeSpace.of(longer, List.of(devices), fixed);
        // What divides the granule divides every multiple of it.
        LayoutRules rules = new PlannedRules(atTokens(GRANULE), space);
        SearchQuestion question = SearchQuestion.of(longer, Objective.THROUGHPUT, 1);
        PlannedLayouts layouts = new PlannedLayouts(longer, space);
        return solved(LayoutSearch.run(question, space, rules, layouts, Pruning.BOUNDS, control), granules * GRANULE);
    }

    private TrainingJob atTokens(long tokens) {
        TrainingBatch batch = job.batch();
        return job.withBatch(new TrainingBatch(batch.globalBatch(), batch.microBatch(), tokens));
    }

    private Optional<Solved> solve(SearchDevices devices, FixedChoices settled, long value) {
        SearchSpace space = WholeSpace.of(job, List.of(devices), settled);
        return solved(LayoutSearch.run(SearchQuestion.of(job, Objective.THROUGHPUT, 1), space, control), value);
    }

    private static Optional<Solved> solved(SearchResult result, long value) {
        return result.best().stream().findFirst().map(layout -> new Solved(value, layout));
    }

    /// Devices that hold each state once, if nothing else.
    private long atLeast(long capacity) {
        if (!job.method().offload().equals(Offload.NONE)) {
            return 1;
        }
        SearchSpace one = new SearchSpace(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(Parallelism.NONE.pipeline()),
                List.of(),
                List.of(1L),
                List.of(job.method().recomputation()));
        PlannedLayouts layouts = new PlannedLayouts(job, one);
        long states = 0;
        for (StageClass stage : layouts.stages(0, 0).classes()) {
            for (int kind = 0; kind < stage.kinds().length; kind++) {
                LayerMemory memory =
                        layouts.kinds().layer(stage.kinds()[kind]).memory(LayerSplit.NONE, layouts.batch(0));
                states += stage.counts()[kind] * (states(memory.dense()) + states(memory.experts()));
            }
        }
        return Math.max(1, states / capacity);
    }

    private static long states(HeldParameters held) {
        return held.weights() + held.masterWeights() + held.optimizerStates();
    }
}
