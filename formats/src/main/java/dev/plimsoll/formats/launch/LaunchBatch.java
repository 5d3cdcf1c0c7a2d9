package dev.plimsoll.formats.launch;

import java.util.OptionalLong;

/// How many sequences of which length a step trains on.
///
/// @param globalBatch sequences in a step, on all devices
/// @param microBatch sequences that one replica runs at a time
/// @param accumulation micro-batches that one replica runs in a step
/// @param steps of the run
public record LaunchBatch(
        OptionalLong globalBatch,
        OptionalLong microBatch,
        OptionalLong accumulation,
        OptionalLong sequenceLength,
        OptionalLong steps) {
    /// Sequences in a step when so many replicas run: as said, else `micro-batch · accumulation · replicas`.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public OptionalLong globalBatch(long replicas) {
        if (globalBatch.isPresent() || microBatch.isEmpty()) {
            return globalBatch;
        }
        return OptionalLong.of(
                Math.multiplyExact(Math.multiplyExact(microBatch.getAsLong(), accumulation.orElse(1)), replicas));
    }
}
