package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.result.Tally;

/// A part of the cache on one device.
sealed interface CachePool permits LayerPages, SharedPages, CarriedStates {
    /// Bytes of so many sequences of so many tokens, in whole pages.
    void count(long tokens, long sequences, Tally tally);

    /// Bytes of one more token before any window is full.
    void countToken(Tally tally);
}
