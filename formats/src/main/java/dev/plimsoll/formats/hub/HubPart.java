package dev.plimsoll.formats.hub;

/// How much of a resource is asked for.
sealed interface HubPart {
    /// All of it, of which no more than `most` bytes are taken.
    record Whole(int most) implements HubPart {}

    /// `count` bytes from `offset`, fewer where the resource ends before.
    record Range(long offset, int count) implements HubPart {
        /// The position of the last byte, as the header names it.
        long last() {
            return offset + count - 1;
        }
    }
}
