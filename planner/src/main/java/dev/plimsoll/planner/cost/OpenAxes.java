package dev.plimsoll.planner.cost;

import dev.plimsoll.model.shape.Axis;
import java.util.OptionalLong;

/// How long the axes are that neither the model nor the number of text tokens decides.
///
/// What runs along an axis that is not given is not counted, and is named in the answer. Only an encoder's tokens
/// have a default: as many as the decoder's.
///
/// @param sourceTokens tokens of each sequence that an encoder reads
/// @param patches patches of the images of each sequence, class tokens included
/// @param mergedPatches patches after neighbours were merged or pooled
/// @param frames frames of the audio of each sequence
public record OpenAxes(
        OptionalLong sourceTokens, OptionalLong patches, OptionalLong mergedPatches, OptionalLong frames) {
    public static final OpenAxes TEXT_ONLY =
            new OpenAxes(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

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
