package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import java.util.OptionalDouble;

/// What becomes of a product of query and key before the softmax: `cap · tanh(scale · x / cap) - slope · distance`.
final class ScoreRule {
    private final float scale;
    private final OptionalDouble softCap;
    /// For each query head; empty without a bias.
    private final float[] slopes;

    private ScoreRule(float scale, OptionalDouble softCap, float[] slopes) {
        this.scale = scale;
        this.softCap = softCap;
        this.slopes = slopes;
    }

    /// @throws InputException for a position bias that has projections or a table
    static ScoreRule of(AttentionScores scores, int queryHeads) {
        float[] slopes = switch (scores.positions()) {
            case PositionBias.None() -> new float[0];
            case PositionBias.LinearBias() -> slopes(queryHeads);
            case PositionBias.Buckets _ -> throw notExecuted("buckets of distances");
            case PositionBias.Disentangled _ -> throw notExecuted("disentangled positions");
            case PositionBias.Sinusoids _ -> throw notExecuted("sinusoids of distances");
        };
        return new ScoreRule((float) scores.scale(), scores.softCap(), slopes);
    }

    boolean caps() {
        return softCap.isPresent();
    }

    /// Products to scores up to the cap, in place.
    void scaleAndCap(Kernels kernels, float[] row, int offset, int length) {
        if (softCap.isEmpty()) {
            kernels.scale(scale, row, offset, length);
            return;
        }
        double cap = softCap.getAsDouble();
        kernels.scale((float) (scale / cap), row, offset, length);
        kernels.activate(ActivationFunction.TANH, row, offset, row, offset, length);
        kernels.scale((float) cap, row, offset, length);
    }

    /// Adds what the distances say.
    ///
    /// @param firstKey the one that the first element belongs to
    void addBias(VisibleKeys tokens, int head, int query, int firstKey, float[] row, int offset, int length) {
        if (slopes.length == 0) {
            return;
        }
        float slope = slopes[head];
        for (int i = 0; i < length; i++) {
            row[offset + i] -= slope * tokens.distance(query, firstKey + i);
        }
    }

    /// Turns gradients of scores into gradients of products, in place.
    ///
    /// @param capped the scores after their cap, of as many pairs; not read without a cap
    void backToProducts(Kernels kernels, float[] gradients, int offset, float[] capped, int cappedOffset, int length) {
        kernels.scale(scale, gradients, offset, length);
        if (softCap.isPresent()) {
            double cap = softCap.getAsDouble();
            for (int i = 0; i < length; i++) {
                double share = capped[cappedOffset + i] / cap;
                gradients[offset + i] *= (float) (1 - share * share);
            }
        }
    }

    /// For `n` heads, `n` a power of two, `2^(-8 i / n)` with `i` from 1; else those of the power below, then every
    /// other one of the power above.
    ///
    /// Source: Press et al. 2021 (ALiBi), section 3, and its authors' `get_slopes`.
    static float[] slopes(int heads) {
        int power = Integer.highestOneBit(heads);
        float[] slopes = new float[heads];
        for (int i = 0; i < heads; i++) {
            double exponent = i < power ? (i + 1.0) / power : (2.0 * (i - power) + 1) / (2.0 * power);
            slopes[i] = (float) Math.pow(2, -8 * exponent);
        }
        return slopes;
    }

    private static InputException notExecuted(String found) {
        return InputException.unsupported(
                "attention: found " + found + ", expected rotated, learned or no positions, or a slope for each head; "
                        + found + " are not executed yet",
                "Choose a model without them.");
    }
}
