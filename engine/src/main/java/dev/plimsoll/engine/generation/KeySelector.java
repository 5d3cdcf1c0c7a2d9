package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.attention.VisibleKeys;
import dev.plimsoll.model.operator.AttentionMask;

/// Which of the keys at hand each query looks at.
@FunctionalInterface
public interface KeySelector {
    /// All that the mask leaves.
    KeySelector ALL = VisibleKeys::of;

    /// @param queryAt the text index of each query
    /// @param keyAt the text index of each key, ascending
    VisibleKeys select(AttentionMask mask, int[] queryAt, int[] keyAt);
}
