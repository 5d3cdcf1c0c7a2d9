package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;

/// A training run to be planned: everything but the hardware.
public record TrainingJob(Transformer model, Parallelism parallelism, TrainingBatch batch, TrainingMethod method) {
    public TrainingJob withParallelism(Parallelism other) {
        return new TrainingJob(model, other, batch, method);
    }

    public TrainingJob withBatch(TrainingBatch other) {
        return new TrainingJob(model, parallelism, other, method);
    }

    public TrainingJob withMethod(TrainingMethod other) {
        return new TrainingJob(model, parallelism, batch, other);
    }

    /// Micro-batches that each replica runs in a step.
    public long microBatches() {
        return batch.microBatches(parallelism.data().degree());
    }
}
