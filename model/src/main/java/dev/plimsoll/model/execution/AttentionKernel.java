package dev.plimsoll.model.execution;

/// How an attention core is run: the same model, other bytes kept and moved, other work.
public sealed interface AttentionKernel {
    /// Scores and probabilities of all pairs of tokens are written out, seen or not.
    record Materialised() implements AttentionKernel {}

    /// Scores are made tile by tile and forgotten; the backward pass makes them again. Tiles in which no query sees a
    /// key are skipped.
    ///
    /// Source: Dao 2023 (FlashAttention-2), algorithms 1 and 2.
    ///
    /// @param queryTile queries in a tile
    /// @param keyTile keys in a tile
    record Tiled(int queryTile, int keyTile) implements AttentionKernel {
        public Tiled {
            if (queryTile < 1 || keyTile < 1) {
                throw new IllegalArgumentException(
                        "a tile holds at least one query and one key, not " + queryTile + " and " + keyTile);
            }
        }
    }
}
