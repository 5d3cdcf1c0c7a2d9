package dev.plimsoll.planner.device;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Optimizer;
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
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.planner.training.MicroBatch;
import java.util.List;
import java.util.Optional;

/// Runs on one of several devices.
final class Runs {
    static final Optimizer ADAM = new Optimizer.Adam(1e-3);

    private Runs() {}

    static DeviceRun of(
            Transformer model,
            TrainingExecution execution,
            Parallelism parallelism,
            int rank,
            MicroBatch batch,
            int microBatches) {
        return new DeviceRun(
                DeviceProgram.of(model, execution, parallelism, Optional.empty(), rank),
                batch,
                microBatches,
                ADAM,
                RoutedCopies.none());
    }

    static Parallelism tensor(int degree, SequenceSplit sequence) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                new TensorParallel(degree, sequence), none.context(), none.expert(), none.pipeline(), none.data());
    }

    static Parallelism context(int degree, ContextExchange exchange) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                none.tensor(), new ContextParallel(degree, exchange), none.expert(), none.pipeline(), none.data());
    }

    static Parallelism stages(int degree, int chunks, PipelineSchedule schedule) {
        Parallelism none = Parallelism.NONE;
        PipelineParallel pipeline = new PipelineParallel(degree, chunks, schedule, List.of());
        return new Parallelism(none.tensor(), none.context(), none.expert(), pipeline, none.data());
    }

    static Parallelism replicas(int degree, int shards, Sharding sharding) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                none.tensor(),
                none.context(),
                none.expert(),
                none.pipeline(),
                new DataParallel(degree, shards, sharding));
    }

    static Parallelism experts(int degree, int replicas) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                none.tensor(),
                none.context(),
                new ExpertParallel(degree, 1),
                none.pipeline(),
                new DataParallel(replicas, replicas, Sharding.NONE));
    }
}
