package dev.plimsoll.model.operator;

/// How a rotary embedding is stretched beyond the context it was trained on.
public sealed interface RotaryScaling {
    record None() implements RotaryScaling {}

    /// Positions are divided by the factor. Source: Chen et al. 2023.
    record Linear(double factor) implements RotaryScaling {}

    /// The base grows with the context past what was trained.
    record Dynamic(double factor) implements RotaryScaling {}

    /// Fast pairs stay, slow ones are divided. Source: Peng et al. 2023, section 3.4.
    record Yarn(double factor, long trainedPositions) implements RotaryScaling {}

    /// As YaRN, with the ramp of Llama 3.1.
    record Llama3(double factor, double lowFrequency, double highFrequency, long trainedPositions)
            implements RotaryScaling {}

    /// Only the fastest pairs turn, the rest stand still; the angles are those of a wholly turned head (Gemma 4).
    ///
    /// @param turnedPairs how many turn, counted from the fastest
    record Proportional(double factor, long turnedPairs) implements RotaryScaling {}

    /// A factor for each pair, found by search. Source: Ding et al. 2024.
    record LongRope(long trainedPositions) implements RotaryScaling {}
}
