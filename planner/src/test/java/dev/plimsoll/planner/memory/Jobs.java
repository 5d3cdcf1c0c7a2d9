package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.List;

/// Jobs for tests, from one device on.
record Jobs(Transformer model, Parallelism split, TrainingBatch batch, TrainingMethod method) {
    static Jobs of(Transformer model, FrameworkProfile framework) {
        return new Jobs(model, Parallelism.NONE, new TrainingBatch(1, 1, 1024), TrainingMethod.of(framework));
    }

    Jobs tensor(int degree, SequenceSplit sequence) {
        return with(new Parallelism(
                new TensorParallel(degree, sequence), split.context(), split.expert(), split.pipeline(), split.data()));
    }

    Jobs context(int degree, ContextExchange exchange) {
        return with(new Parallelism(
                split.tensor(), new ContextParallel(degree, exchange), split.expert(), split.pipeline(), split.data()));
    }

    Jobs experts(int degree, int tensorDegree) {
        return with(new Parallelism(
                split.tensor(),
                split.context(),
                new ExpertParallel(degree, tensorDegree),
                split.pipeline(),
                split.data()));
    }

    Jobs pipeline(int degree, int chunks) {
        return pipeline(degree, chunks, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of());
    }

    Jobs pipeline(int degree, int chunks, PipelineSchedule schedule, List<Integer> layers) {
        return with(new Parallelism(
                split.tensor(),
                split.context(),
                split.expert(),
                new PipelineParallel(degree, chunks, schedule, layers),
                split.data()));
    }

    Jobs data(int degree, Sharding sharding) {
        return data(degree, degree, sharding);
    }

    Jobs data(int degree, int shards, Sharding sharding) {
        return with(new Parallelism(
                split.tensor(),
                split.context(),
                split.expert(),
                split.pipeline(),
                new DataParallel(degree, shards, sharding)));
    }

    Jobs batch(long global, long micro, long tokens) {
        return new Jobs(model, split, new TrainingBatch(global, micro, tokens), method);
    }

    Jobs method(TrainingMethod other) {
        return new Jobs(model, split, batch, other);
    }

    private Jobs with(Parallelism other) {
        return new Jobs(model, other, batch, method);
    }

    TrainingJob job() {
        return new TrainingJob(model, split, batch, method);
    }

    MemoryPlan plan() {
        return MemoryPlan.of(job());
    }
}
