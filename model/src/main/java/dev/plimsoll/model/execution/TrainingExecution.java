package dev.plimsoll.model.execution;

/// How a training step is run, or a forward pass alone.
///
/// @param trained which parameters get gradients
public record TrainingExecution(
        Precision precision,
        AttentionKernel attention,
        DropoutRates dropout,
        Recomputation recomputation,
        Trained trained) {
    /// Which parameters a training step changes.
    public enum Trained {
        /// All but those that a training loop sets without gradients.
        EVERYTHING,
        /// Only low-rank adapters; the rest is frozen, and keeps nothing for gradients of its own.
        ADAPTERS,
        /// Nothing: a way forward alone, without a loss.
        NOTHING
    }

    /// Everything kept, nothing dropped.
    public static TrainingExecution of(Precision precision, AttentionKernel attention) {
        return new TrainingExecution(precision, attention, DropoutRates.NONE, Recomputation.NONE, Trained.EVERYTHING);
    }

    public TrainingExecution withDropout(DropoutRates other) {
        return new TrainingExecution(precision, attention, other, recomputation, trained);
    }

    public TrainingExecution withRecomputation(Recomputation other) {
        return new TrainingExecution(precision, attention, dropout, other, trained);
    }

    public TrainingExecution withTrained(Trained other) {
        return new TrainingExecution(precision, attention, dropout, recomputation, other);
    }
}
