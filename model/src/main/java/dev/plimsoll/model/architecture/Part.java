package dev.plimsoll.model.architecture;

import dev.plimsoll.model.shape.Axis;
import java.util.List;

/// A part of a model: a stack of layers with what stands before and after it, or a piece between two stacks.
///
/// @param name unique within the model, for example `text` or `vision`
/// @param tokens the axis along which this part's tokens lie
/// @param runs its blocks in execution order
/// @param lengths of axes that are open elsewhere and always equally long here; empty where the input decides
public record Part(String name, Kind kind, Axis tokens, List<LayerRun> runs, List<Length> lengths) {
    /// What a part is for.
    public enum Kind {
        TEXT_DECODER,
        TEXT_ENCODER,
        VISION_ENCODER,
        AUDIO_ENCODER,
        PROJECTOR,
        /// A head for a class or a pooled vector; files may lack it.
        POOLER,
        /// Extra layers that predict further tokens; files may hold them, the logical count does not.
        NEXT_TOKENS_PREDICTION
    }

    /// How long an open axis always is, for example the positions of an encoder that pads what it hears to 30 seconds.
    ///
    /// @param size at least 1
    public record Length(Axis axis, long size) {
        public Length {
            if (!axis.isOpen() || size < 1) {
                throw new IllegalArgumentException(axis + " of " + size + ", expected an open axis of at least 1");
            }
        }
    }

    public Part {
        runs = List.copyOf(runs);
        lengths = List.copyOf(lengths);
    }

    /// A part whose lengths the input decides.
    public Part(String name, Kind kind, Axis tokens, List<LayerRun> runs) {
        this(name, kind, tokens, runs, List.of());
    }

    /// Whether its parameters are in the logical count.
    public boolean isLogical() {
        return kind != Kind.NEXT_TOKENS_PREDICTION;
    }

    /// Whether a checkpoint of this architecture may lack it.
    public boolean isOptional() {
        return kind == Kind.NEXT_TOKENS_PREDICTION || kind == Kind.POOLER;
    }
}
