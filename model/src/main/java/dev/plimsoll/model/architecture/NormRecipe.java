package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.NormalizationKind;

/// A kind of normalisation, without the width it is applied to.
public record NormRecipe(NormalizationKind kind, double epsilon, Affine affine) {
    /// What is trained in it.
    public enum Affine {
        NONE,
        GAIN,
        GAIN_AND_BIAS
    }

    public static NormRecipe rootMeanSquare(double epsilon) {
        return new NormRecipe(NormalizationKind.ROOT_MEAN_SQUARE, epsilon, Affine.GAIN);
    }

    public static NormRecipe layer(double epsilon) {
        return new NormRecipe(NormalizationKind.LAYER, epsilon, Affine.GAIN_AND_BIAS);
    }

    public NormRecipe with(Affine other) {
        return new NormRecipe(kind, epsilon, other);
    }
}
