package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;

/// What multi-head latent attention looks like to a count: it keeps a latent instead of keys and values.
final class Latents {
    private Latents() {}

    static boolean isLatent(Operator.Attention attention) {
        return valueWidth(attention) > 0;
    }

    /// Width of the score product in the latent space: the latent's rank and the rotated part.
    static long scoreWidth(Operator.Attention attention) {
        long width = 0;
        for (Value cached : attention.cached()) {
            width += cached.shape().elements(open -> 1);
        }
        return width;
    }

    /// Width of the value product in the latent space: the latent's rank; 0 where nothing is latent.
    static long valueWidth(Operator.Attention attention) {
        for (Value cached : attention.cached()) {
            if (cached.shape().has(Axis.LATENT)) {
                return cached.shape().size(Axis.LATENT);
            }
        }
        return 0;
    }
}
