package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.search.SplitSearch.Split;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;

/// A candidate, by the places of its choices in the lists of a [SearchSpace].
record Candidate(
        int devices,
        int tensor,
        int context,
        int experts,
        int pipeline,
        int sharding,
        int microBatch,
        int recomputation) {
    static Candidate of(SearchSpace space, long number) {
        long rest = number;
        int recomputation = (int) (rest % space.recomputations().size());
        rest /= space.recomputations().size();
        int microBatch = (int) (rest % space.microBatches().size());
        rest /= space.microBatches().size();
        int sharding = (int) (rest % space.shardings().size());
        rest /= space.shardings().size();
        int pipeline = (int) (rest % space.pipelines().size());
        Split split = Split.of(space, rest / space.pipelines().size());
        return new Candidate(
                split.devices(),
                split.tensor(),
                split.context(),
                split.experts(),
                pipeline,
                sharding,
                microBatch,
                recomputation);
    }

    /// The job as this candidate has it run.
    TrainingJob job(SearchSpace space, TrainingJob job) {
        TrainingBatch batch = new TrainingBatch(
                job.batch().globalBatch(),
                space.microBatches().get(microBatch),
                job.batch().sequenceLength());
        return job.withParallelism(parallelism(space))
                .withBatch(batch)
                .withMethod(
                        job.method().withRecomputation(space.recomputations().get(recomputation)));
    }

    private Parallelism parallelism(SearchSpace space) {
        Cluster cluster = space.devices().get(devices).cluster();
        PipelineParallel stages = space.pipelines().get(pipeline);
        long stride = (long) space.tensor().get(tensor).degree()
                * space.context().get(context).degree();
        int replicas = Math.toIntExact(cluster.devices() / (stride * stages.degree()));
        ShardingChoice choice = space.shardings().get(sharding);
        return new Parallelism(
                space.tensor().get(tensor),
                space.context().get(context),
                space.experts().get(experts),
                stages,
                new DataParallel(replicas, choice.shards(replicas, stride, cluster), choice.sharding()));
    }
}
