package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// How long the axes are that neither the model nor the number of text tokens decides.
///
/// What runs along an axis that is not given is not counted, and is named in the answer. Some models fix a length
/// ([#of]); and an encoder's tokens are as many as the decoder's where nothing else is said.
///
/// @param sourceTokens tokens of each sequence that an encoder reads
/// @param patches patches of the images of each sequence, class tokens included
/// @param mergedPatches patches after neighbours were merged or pooled
/// @param frames frames of the audio of each sequence
public record OpenAxes(
        OptionalLong sourceTokens, OptionalLong patches, OptionalLong mergedPatches, OptionalLong frames) {
    public static final OpenAxes TEXT_ONLY =
            new OpenAxes(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    /// The lengths that the model itself fixes: of an encoder that pads what it hears, and of the images of a model that
    /// does nothing but see. A text need not come with an image, so a tower beside a text has no length of its own.
    public static OpenAxes of(Transformer model) {
        OpenAxes axes = TEXT_ONLY;
        for (Part.Length length : fixed(model)) {
            if (length.axis() == Axis.SOURCE) {
                axes = axes.withSourceTokens(length.size());
            } else if (length.axis() == Axis.FRAMES) {
                axes = axes.withFrames(length.size());
            } else if (length.axis() == Axis.PATCHES) {
                axes = axes.withPatches(length.size(), length.size());
            }
        }
        return axes;
    }

    /// Those of these lengths that the model fixes so.
    public List<Part.Length> fixedBy(Transformer model) {
        return fixed(model).stream()
                .filter(length -> size(length.axis()).equals(OptionalLong.of(length.size())))
                .toList();
    }

    private static List<Part.Length> fixed(Transformer model) {
        List<Part.Length> lengths = new ArrayList<>();
        for (Part part : model.parts()) {
            for (Part.Length length : part.lengths()) {
                if (part.kind() != Part.Kind.VISION_ENCODER || !model.readsText()) {
                    lengths.add(length);
                }
            }
        }
        return lengths;
    }

    public OpenAxes withSourceTokens(long tokens) {
        return new OpenAxes(OptionalLong.of(tokens), patches, mergedPatches, frames);
    }

    public OpenAxes withPatches(long count, long afterMerging) {
        return new OpenAxes(sourceTokens, OptionalLong.of(count), OptionalLong.of(afterMerging), frames);
    }

    public OpenAxes withFrames(long count) {
        return new OpenAxes(sourceTokens, patches, mergedPatches, OptionalLong.of(count));
    }

    /// How long an axis is, where it was given.
    OptionalLong size(Axis axis) {
        if (axis == Axis.SOURCE) {
            return sourceTokens;
        }
        if (axis == Axis.PATCHES) {
            return patches;
        }
        if (axis == Axis.MERGED_PATCHES) {
            return mergedPatches;
        }
        return axis == Axis.FRAMES ? frames : OptionalLong.empty();
    }
}
