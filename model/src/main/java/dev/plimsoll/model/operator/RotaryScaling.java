package dev.plimsoll.model.operator;

/// How a rotary embedding is stretched beyond the context it was trained on.
public sealed interface RotaryScaling {
    record None() implements RotaryScaling {}

    /// Positions are divided by the factor. Source: Chen et al. 2023.
    record Linear(double factor) implements RotaryScaling {}

    /// The base grows with the context past what was trained: `base · (factor · n / trained - factor + 1)^(d / (d - 2))`
    /// for a context of `n` tokens. Source: Peng et al. 2023, section 3.3 and appendix B.2.
    record Dynamic(double factor, long trainedPositions) implements RotaryScaling {}

    /// Pairs that turn more than `betaFast` times within the trained context stay, those that turn less than `betaSlow`
    /// times are divided by the factor, and those in between by something in between.
    ///
    /// Source: Peng et al. 2023, definition 2 and equations 21 and 22.
    ///
    /// @param attentionFactor sines and cosines are multiplied by this
    /// @param ramp where the division begins and ends
    record Yarn(
            double factor,
            long trainedPositions,
            double betaFast,
            double betaSlow,
            double attentionFactor,
            RampEnds ramp)
            implements RotaryScaling {
        /// The numbers of Peng et al. 2023, section 3.4.
        public Yarn(double factor, long trainedPositions) {
            this(factor, trainedPositions, 32, 1, attentionFactor(factor, 1), RampEnds.WHOLE_PAIRS);
        }

        /// `0.1 · scale · ln(factor) + 1`, and 1 for a factor below. Source: Peng et al. 2023, equation 22.
        public static double attentionFactor(double factor, double scale) {
            return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
        }
    }

    /// Where YaRN's ramp begins and ends.
    enum RampEnds {
        /// At the whole pairs around, as the authors' programs do.
        WHOLE_PAIRS,
        /// Between pairs (gpt-oss).
        EXACT
    }

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
