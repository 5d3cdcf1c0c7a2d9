package dev.plimsoll.planner.serving;

import java.util.OptionalLong;

/// How much is served at once.
///
/// @param maxModelLen tokens of the longest sequence
/// @param sequences of that length that are to be held at once
/// @param maxNumSeqs sequences of one step; empty for the engine's default
/// @param maxBatchedTokens tokens of one step; empty for the engine's default
public record ServingLimits(long maxModelLen, long sequences, OptionalLong maxNumSeqs, OptionalLong maxBatchedTokens) {
    public ServingLimits withMaxModelLen(long tokens) {
        return new ServingLimits(tokens, sequences, maxNumSeqs, maxBatchedTokens);
    }

    /// So many are both to be held and run in one step.
    public ServingLimits withSequences(long count) {
        return new ServingLimits(maxModelLen, count, OptionalLong.of(count), maxBatchedTokens);
    }
}
