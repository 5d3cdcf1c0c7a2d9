package dev.plimsoll.planner.framework;

import dev.plimsoll.model.units.Bytes;

/// What a framework allocates for itself.
///
/// @param spareGradients whether every shape of a matrix has a spare gradient in the activations' type
/// @param gradients when gradients of weights are there
/// @param gathering how weights that are shared out come together
/// @param bucketElements numbers in each buffer that gradients are reduced through; 0 where they are reduced in place
/// @param bytesEachAtStep of a trained parameter that the optimizer's step takes and gives back
/// @param fixed whatever the model
public record BufferRules(
        SpareGradients spareGradients,
        Gradients gradients,
        Gathering gathering,
        long bucketElements,
        int bytesEachAtStep,
        Bytes fixed) {
    /// Where gradients are summed up by the matrix product itself, the autograd engine still wants a gradient.
    public enum SpareGradients {
        NONE,
        ONE_A_SHAPE
    }

    /// When gradients of weights are there.
    public enum Gradients {
        /// Always, in one buffer.
        ALWAYS,
        /// From the first backward pass of a step to its end.
        WITHIN_STEP
    }

    /// How weights that are shared out come together for a layer's turn.
    public enum Gathering {
        /// One layer works while the next is gathered; gradients of the layer before are still being reduced. Edges stay
        /// gathered throughout.
        LAYER_AND_NEXT,
        /// Up to a number of parameters that the framework fixes stays gathered.
        UP_TO_A_LIMIT
    }

    public BufferRules {
        if (bucketElements < 0) {
            throw new IllegalArgumentException("a bucket of " + bucketElements + " elements");
        }
    }
}
