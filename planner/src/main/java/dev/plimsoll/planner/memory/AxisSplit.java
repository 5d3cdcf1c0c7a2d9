package dev.plimsoll.planner.memory;

import dev.plimsoll.model.shape.Axis;

/// Which axes tensor parallelism divides, and among how many devices. Sharding goes by axis, never by product: 8
/// key/value heads of 128 on 16 devices are 8 heads, each on two, though `8 · 128` divides by 16.
final class AxisSplit {
    private AxisSplit() {}

    /// Whether tensor-parallel ranks hold parts of it.
    static boolean isSplit(Axis axis) {
        return switch (axis) {
            case QUERY_HEADS, KEY_VALUE_HEADS, FEED_FORWARD, VOCABULARY, INNER, GROUPS -> true;
            case BATCH,
                    SEQUENCE,
                    SOURCE,
                    PATCHES,
                    MERGED_PATCHES,
                    FRAMES,
                    RECEIVED,
                    GATHERED,
                    HIDDEN,
                    HEAD_SIZE,
                    VALUE_SIZE,
                    POSITIONS,
                    TOKEN_TYPES,
                    BUCKETS,
                    EXPERTS,
                    LAYERS,
                    TOP_K,
                    LATENT,
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
                    UNIT -> false;
        };
    }

    /// What one of `degree` devices holds of an axis that is split; where there are more devices than heads, one head
    /// each.
    static long local(long size, int degree) {
        return size < degree ? 1 : Math.ceilDiv(size, degree);
    }
}
