package dev.plimsoll.model.execution;

import java.util.Set;

/// What a backward pass makes again instead of keeping it.
///
/// @param what the pieces of a layer that are run again
/// @param layers the layers in which they are
public record Recomputation(Set<Piece> what, LayerPattern layers) {
    /// A piece of a layer that can be run again.
    public enum Piece {
        /// Normalisations: their outputs are not kept.
        NORMALIZATION,
        /// The activation of a gate, of which fused kernels keep only the input.
        GATE,
        /// Activations and gates: what the feed-forward network's last linear map reads is not kept.
        ACTIVATION,
        /// Scores, softmax and dropout of the attention core; what it gives is kept.
        CORE_ATTENTION,
        /// The expansion of latents to heads (multi-head latent attention): queries, keys and values are not kept.
        LATENT_UP_PROJECTION,
        /// The whole feed-forward network, experts and router included, from its input.
        FEED_FORWARD,
        /// Everything but attention cores and, counted in order, every other matrix product, the first included.
        ///
        /// Source: pytorch/torchtitan, `activation_checkpoint.py`, `selective_ac_option = "op"`.
        OTHER_PRODUCTS,
        /// The whole layer, from its input.
        LAYER
    }

    /// In which layers, numbered from 0.
    public sealed interface LayerPattern {
        boolean has(long layer);

        /// Every `step`-th, the first included; 1 for all.
        record Every(long step) implements LayerPattern {
            public Every {
                if (step < 1) {
                    throw new IllegalArgumentException("every " + step + "th layer");
                }
            }

            @Override
            public boolean has(long layer) {
                return layer % step == 0;
            }
        }

        /// The first `count`.
        record First(long count) implements LayerPattern {
            @Override
            public boolean has(long layer) {
                return layer < count;
            }
        }
    }

    /// Everything that a gradient needs is kept.
    public static final Recomputation NONE = new Recomputation(Set.of(), new LayerPattern.Every(1));

    /// What fused kernels do anyway.
    public static final Recomputation FUSED_GATES = everywhere(Piece.GATE);

    public Recomputation {
        what = Set.copyOf(what);
    }

    /// These pieces in every layer.
    public static Recomputation everywhere(Piece... pieces) {
        return new Recomputation(Set.of(pieces), new LayerPattern.Every(1));
    }
}
