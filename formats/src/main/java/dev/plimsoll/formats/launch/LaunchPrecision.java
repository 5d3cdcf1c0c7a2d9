package dev.plimsoll.formats.launch;

import dev.plimsoll.model.shape.DataType;
import java.util.Optional;

/// The data types of a training run.
///
/// @param weights of the parameters that are multiplied with, and of activations
/// @param gradients of the parameters' gradients as they are added up
/// @param masterWeights of the copy that the optimizer updates, where there is one
/// @param optimizerStates of each of the optimizer's states
/// @param products what linear maps multiply in
public record LaunchPrecision(
        DataType weights,
        DataType gradients,
        Optional<DataType> masterWeights,
        DataType optimizerStates,
        Products products) {
    /// What the operands of linear maps are rounded to.
    public enum Products {
        AS_WEIGHTS,
        EIGHT_BIT
    }

    /// Everything in `f32`.
    public static final LaunchPrecision FULL =
            new LaunchPrecision(DataType.F32, DataType.F32, Optional.empty(), DataType.F32, Products.AS_WEIGHTS);

    /// Two-byte weights under an `f32` copy, as most runs have it.
    public static LaunchPrecision mixed(DataType weights, DataType gradients) {
        return new LaunchPrecision(weights, gradients, Optional.of(DataType.F32), DataType.F32, Products.AS_WEIGHTS);
    }

    public LaunchPrecision withProducts(Products other) {
        return new LaunchPrecision(weights, gradients, masterWeights, optimizerStates, other);
    }
}
