package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Value;

/// What stands between two residual additions: attention, a recurrence, a feed-forward network.
///
/// Each record is one shared block; a family chooses and parameterises them.
public sealed interface Sublayer
        permits SelfAttention,
                CrossAttention,
                DisentangledAttention,
                LatentAttention,
                GatedFeedForward,
                PlainFeedForward,
                MixtureOfExperts,
                SelectiveScan,
                GroupedStateSpace,
                GatedDelta,
                ShortConvolution,
                DenseReplacement,
                DenseBesideExperts,
                PerLayerInput,
                SideBySide,
                WiredOtherwise,
                Multiplied {
    /// What its operators' names begin with, for example `attention`.
    String key();

    /// Appends its operators.
    ///
    /// @param input `[b, s, h]`, normalised already where the family does so
    /// @return `[b, s, h]`, not yet added to the residual stream
    Value append(BlockBuilder block, Value input);
}
