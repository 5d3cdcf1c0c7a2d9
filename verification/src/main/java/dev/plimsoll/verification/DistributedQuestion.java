package dev.plimsoll.verification;

import dev.plimsoll.engine.training.DistributedJob;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;

/// A training step on several devices that is predicted and executed.
///
/// @param model what it is called in the answer
public record DistributedQuestion(
        String model, Transformer transformer, Plan plan, Parallelism parallelism, DealtBatch batch) {
    /// What the model is trained on in a step.
    ///
    /// @param sequences in a micro-batch
    /// @param microBatches of each replica
    /// @param tokens of each sequence
    public record DealtBatch(int sequences, int microBatches, int tokens) {
        public DealtBatch {
            if (sequences < 1 || microBatches < 1 || tokens < 1) {
                throw new IllegalArgumentException(
                        microBatches + " micro-batches of " + sequences + " sequences of " + tokens + " tokens");
            }
        }
    }

    DistributedJob job() {
        return DistributedJob.of(model, transformer, plan.execution(), parallelism, plan.adaptation());
    }

    /// Sequences over all replicas.
    int globalBatch() {
        return batch.sequences() * batch.microBatches() * parallelism.data().degree();
    }
}
