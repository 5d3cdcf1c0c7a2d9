package dev.plimsoll.verification;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.training.Observation;

/// Bytes of what outlives a training step, by what it is held for.
final class StateBytes {
    private StateBytes() {}

    /// @param suffix of the tensors' names
    static long of(Observation seen, Category category, String suffix) {
        return seen.states().stream()
                .filter(tensor -> tensor.category() == category && tensor.name().endsWith(suffix))
                .mapToLong(tensor -> tensor.bytes().count())
                .sum();
    }
}
