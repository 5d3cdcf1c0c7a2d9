package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Parameter;
import java.util.Optional;

/// A kind of normalisation, without the width it is applied to.
public record NormRecipe(NormalizationKind kind, double epsilon, Affine affine) {
    /// What is trained in it.
    public enum Affine {
        NONE,
        GAIN,
        GAIN_AND_BIAS,
        /// A gain stored as its difference from one (Gemma).
        GAIN_BESIDE_ONE,
        /// The same with a bias (Nemotron).
        GAIN_BESIDE_ONE_AND_BIAS;

        /// What kind of parameter the gain is; empty where there is none.
        Optional<Parameter.Kind> gain() {
            return switch (this) {
                case NONE -> Optional.empty();
                case GAIN, GAIN_AND_BIAS -> Optional.of(Parameter.Kind.GAIN);
                case GAIN_BESIDE_ONE, GAIN_BESIDE_ONE_AND_BIAS -> Optional.of(Parameter.Kind.GAIN_BESIDE_ONE);
            };
        }

        Presence bias() {
            return switch (this) {
                case NONE, GAIN, GAIN_BESIDE_ONE -> Presence.ABSENT;
                case GAIN_AND_BIAS, GAIN_BESIDE_ONE_AND_BIAS -> Presence.PRESENT;
            };
        }
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
