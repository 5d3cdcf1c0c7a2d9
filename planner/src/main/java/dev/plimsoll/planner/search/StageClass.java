package dev.plimsoll.planner.search;

import java.util.Arrays;

/// Stages of a pipeline on which the same blocks stand.
///
/// @param kinds of blocks
/// @param clocks of the same blocks, for their times
/// @param counts how many of each kind
/// @param ofChunks how many of each kind on each chunk
/// @param first number of the first such stage
/// @param last number of the last
/// @param stages how many there are
@SuppressWarnings("ArrayRecordComponent") // read in loops that must not allocate
record StageClass(int[] kinds, int[] clocks, long[] counts, long[][] ofChunks, int first, int last, int stages) {
    /// Whether the same blocks stand on the same chunks.
    boolean isLike(StageClass other) {
        return Arrays.equals(kinds, other.kinds) && Arrays.deepEquals(ofChunks, other.ofChunks);
    }

    StageClass plus(StageClass other) {
        return new StageClass(kinds, clocks, counts, ofChunks, first, other.last, stages + other.stages);
    }
}
