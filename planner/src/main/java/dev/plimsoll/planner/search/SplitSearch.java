package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.hardware.Cluster;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Looks at the candidates that share devices, tensor, context and expert parallelism.
///
/// What is skipped without being priced, and why that changes no answer:
/// - a whole list of micro-batches and recomputations, when states alone need more than the device has: memory is never
///   less than its states;
/// - a candidate's time, when its computing alone, evenly dealt out to the stages, takes longer than the worst that may
///   still be listed, and something on the front is faster with no more memory and devices: a step is never shorter than
///   what its slowest stage computes, which is never less than the mean.
final class SplitSearch {
    /// What is skipped.
    enum Pruning {
        BOUNDS,
        /// Every candidate is priced.
        NONE
    }

    /// Sums of seconds in another order may differ in their last bits.
    private static final double ROUNDING = 1 - 1e-9;

    private final SearchSpace space;
    private final LayoutRules rules;
    private final Pruning pruning;
    private final Objective objective;
    private final double longestStep;
    private final Tally tally;
    private final Standings standings;
    private final BooleanSupplier interrupted;
    private final int[] valid;

    SplitSearch(Run run, Tally tally, Standings standings) {
        this.space = run.space();
        this.rules = run.rules();
        this.pruning = run.pruning();
        this.objective = run.question().objective();
        this.longestStep = run.question().longestStep();
        this.interrupted = run.interrupted();
        this.tally = tally;
        this.standings = standings;
        this.valid = new int[space.microBatches().size()];
    }

    /// What all threads of a search share.
    record Run(
            SearchQuestion question,
            SearchSpace space,
            LayoutRules rules,
            LayoutCosts costs,
            Pruning pruning,
            BooleanSupplier interrupted) {}

    /// Where one split stands in the lists of the space.
    ///
    /// @param first number of its first candidate
    record Split(int devices, int tensor, int context, int experts, long first) {
        static Split of(SearchSpace space, long number) {
            long rest = number;
            int experts = (int) (rest % space.experts().size());
            rest /= space.experts().size();
            int context = (int) (rest % space.context().size());
            rest /= space.context().size();
            int tensor = (int) (rest % space.tensor().size());
            int devices = (int) (rest / space.tensor().size());
            return new Split(devices, tensor, context, experts, number * space.candidatesOfSplit());
        }
    }

    void search(Split split, LayoutCosts.Group costs) {
        Optional<Rejection> refused = rules.split(split.tensor(), split.context());
        if (refused.isEmpty()) {
            refused = rules.experts(split.experts());
        }
        if (refused.isPresent()) {
            tally.reject(refused.get(), space.candidatesOfSplit());
            return;
        }
        SplitCosts tables = costs.of(split.experts());
        for (int pipeline = 0; pipeline < space.pipelines().size(); pipeline++) {
            if (interrupted.getAsBoolean()) {
                return;
            }
            pipeline(split, pipeline, tables);
        }
    }

    private void pipeline(Split split, int at, SplitCosts tables) {
        PipelineParallel pipeline = space.pipelines().get(at);
        Cluster cluster = space.devices().get(split.devices()).cluster();
        long inner = space.candidatesOfSplit() / space.pipelines().size();
        long tensor = space.tensor().get(split.tensor()).degree();
        long stride = tensor * space.context().get(split.context()).degree();
        Optional<Rejection> refused = rules.pipeline(at);
        if (refused.isPresent()) {
            tally.reject(refused.get(), inner);
            return;
        }
        if (cluster.devices() % (stride * pipeline.degree()) != 0) {
            tally.reject(Rejection.DEVICES, inner);
            return;
        }
        int replicas = Math.toIntExact(cluster.devices() / (stride * pipeline.degree()));
        long experts = (long) space.experts().get(split.experts()).degree()
                * space.experts().get(split.experts()).tensorDegree();
        if (stride * replicas % experts != 0) {
            tally.reject(Rejection.EXPERTS, inner);
            return;
        }
        tables.pipeline(at, replicas);
        int microBatches = validMicroBatches(pipeline, replicas);
        long ofSharding = inner / space.shardings().size();
        long badBatches = (long) (space.microBatches().size() - microBatches)
                * space.recomputations().size();
        for (int sharding = 0; sharding < space.shardings().size(); sharding++) {
            ShardingChoice choice = space.shardings().get(sharding);
            int shards = choice.shards(replicas, stride, cluster);
            boolean nothing = choice.sharding() != Sharding.NONE
                    && replicas * stride == tensor
                    && space.shardings().contains(ShardingChoice.NONE);
            if (shards == 0 || nothing) {
                tally.reject(Rejection.SHARDS, ofSharding);
                continue;
            }
            tally.reject(Rejection.BATCH, badBatches);
            tables.sharding(sharding, shards);
            long first = split.first() + at * inner + sharding * ofSharding;
            methods(new Pricing(tables, space.devices().get(split.devices()), first), microBatches);
        }
    }

    /// Candidates whose micro-batch and recomputation are still open.
    ///
    /// @param first number of the first of them
    private record Pricing(SplitCosts tables, SearchDevices devices, long first) {
        double cost(double seconds) {
            return seconds * devices.cluster().devices() * devices.pricePerDeviceSecond();
        }
    }

    /// Fills [#valid] with the micro-batches that divide the global batch.
    private int validMicroBatches(PipelineParallel pipeline, long replicas) {
        int count = 0;
        List<Long> microBatches = space.microBatches();
        for (int at = 0; at < microBatches.size(); at++) {
            long atOnce = microBatches.get(at) * replicas;
            boolean divides = rules.globalBatch() % atOnce == 0;
            // Interleaving works on groups of as many micro-batches as there are stages.
            boolean grouped = pipeline.chunks() == 1 || rules.globalBatch() / atOnce % pipeline.degree() == 0;
            if (divides && grouped) {
                valid[count++] = at;
            }
        }
        return count;
    }

    private void methods(Pricing pricing, int microBatches) {
        int recomputations = space.recomputations().size();
        long capacity = pricing.devices().capacity();
        if (pruning == Pruning.BOUNDS && microBatches > 0 && pricing.tables().stateBytes() > capacity) {
            tally.reject(Rejection.MEMORY, (long) microBatches * recomputations);
            return;
        }
        for (int i = 0; i < microBatches; i++) {
            int microBatch = valid[i];
            for (int recomputation = 0; recomputation < recomputations; recomputation++) {
                long bytes = pricing.tables().deviceBytes(microBatch, recomputation);
                if (bytes > capacity) {
                    tally.reject(Rejection.MEMORY, 1);
                } else {
                    tally.fit();
                    price(pricing, microBatch, recomputation, bytes);
                }
            }
        }
    }

    private void price(Pricing pricing, int microBatch, int recomputation, long bytes) {
        long devices = pricing.devices().cluster().devices();
        if (pruning == Pruning.BOUNDS) {
            double least = pricing.tables().secondsAtLeast(microBatch, recomputation) * ROUNDING;
            if (least > longestStep || standings.excludes(score(pricing, least, bytes), least, bytes, devices)) {
                return;
            }
        }
        double seconds = pricing.tables().seconds(microBatch, recomputation);
        if (seconds <= longestStep) {
            long number =
                    pricing.first() + (long) microBatch * space.recomputations().size() + recomputation;
            standings.offer(
                    new Place(number, score(pricing, seconds, bytes), seconds, bytes, devices, pricing.cost(seconds)));
        }
    }

    private double score(Pricing pricing, double seconds, long bytes) {
        return switch (objective) {
            case THROUGHPUT -> seconds;
            case MEMORY -> bytes;
            case COST -> pricing.cost(seconds);
        };
    }
}
