package dev.plimsoll.planner.cost;

/// What a training step runs again in its backward pass, instead of keeping it.
public enum Recomputation {
    NONE,
    /// The attention core alone: scores, softmax and their product with the values.
    SELECTIVE,
    /// Every layer once more, from its input; never embedding or head.
    FULL
}
