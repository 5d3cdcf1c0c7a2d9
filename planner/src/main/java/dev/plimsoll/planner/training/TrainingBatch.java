package dev.plimsoll.planner.training;

import dev.plimsoll.model.failure.InputException;

/// What one optimizer step sees.
///
/// @param globalBatch sequences in a step, over all replicas
/// @param microBatch sequences that one replica works on at once
/// @param sequenceLength tokens in each
public record TrainingBatch(long globalBatch, long microBatch, long sequenceLength) {
    public TrainingBatch {
        requirePositive("global batch", globalBatch);
        requirePositive("micro-batch", microBatch);
        requirePositive("sequence length", sequenceLength);
    }

    /// Micro-batches that each replica runs in a step; exact where [Layout#check] finds nothing.
    ///
    /// @param replicas the data-parallel degree
    public long microBatches(long replicas) {
        return Math.max(1, globalBatch / Math.multiplyExact(microBatch, replicas));
    }

    /// Tokens in a step.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long tokens() {
        return Math.multiplyExact(globalBatch, sequenceLength);
    }

    private static void requirePositive(String what, long count) {
        if (count < 1) {
            throw InputException.usage(
                    "the " + what + ": found " + count + ", expected at least 1", "Give a positive whole number.");
        }
    }
}
