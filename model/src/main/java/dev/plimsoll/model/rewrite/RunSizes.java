package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.shape.Axis;

/// How long the open axes of a shrunk model may be in a run: no two alike, none as long as a fixed axis, longer than
/// every window, no longer than any table of positions.
///
/// @param batch sequences
/// @param sequence tokens of each
/// @param source what an encoder reads
/// @param patches what a vision tower reads
public record RunSizes(long batch, long sequence, Source source, Patches patches) {
    /// @param tokens an encoder's tokens
    /// @param frames of a spectrogram, so many for each of the encoder's tokens as its convolutions step over
    public record Source(long tokens, long frames) {}

    /// @param all patches of the images
    /// @param merged what is left of them after neighbours were merged or pooled
    public record Patches(long all, long merged) {}

    /// How long an open axis is.
    ///
    /// @throws IllegalArgumentException for an axis that the model fixes
    public long of(Axis axis) {
        return switch (axis) {
            case BATCH -> batch;
            case SEQUENCE -> sequence;
            case SOURCE -> source.tokens();
            case FRAMES -> source.frames();
            case PATCHES -> patches.all();
            case MERGED_PATCHES -> patches.merged();
            case RECEIVED, GATHERED -> throw new IllegalArgumentException(axis + " is an axis of devices");
            case HIDDEN,
                    FEED_FORWARD,
                    QUERY_HEADS,
                    KEY_VALUE_HEADS,
                    HEAD_SIZE,
                    VALUE_SIZE,
                    VOCABULARY,
                    POSITIONS,
                    TOKEN_TYPES,
                    BUCKETS,
                    EXPERTS,
                    LAYERS,
                    TOP_K,
                    LATENT,
                    INNER,
                    GROUPS,
                    STATE,
                    KERNEL,
                    CHANNELS,
                    PATCH_TIME,
                    PATCH_HEIGHT,
                    PATCH_WIDTH,
                    ASPECT_RATIOS,
                    TILES,
                    INDEX_HEADS,
                    INDEX_SIZE,
                    UNIT -> throw new IllegalArgumentException(axis + " has a size that the model fixes");
        };
    }
}
