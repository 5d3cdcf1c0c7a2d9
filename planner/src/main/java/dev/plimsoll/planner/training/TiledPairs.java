package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.AttentionMask;

/// Pairs that attention in tiles multiplies: whole tiles, cut at the ends of the sequence, without those in which no
/// query sees a key.
final class TiledPairs {
    private final AttentionKernel.Tiled tiles;
    private final long tokens;

    TiledPairs(AttentionKernel.Tiled tiles, long tokens) {
        this.tiles = tiles;
        this.tokens = tokens;
    }

    long executed(AttentionMask mask) {
        long pairs = 0;
        for (long query = 0; query < tokens; query += tiles.queryTile()) {
            long queryEnd = Math.min(tokens, query + tiles.queryTile());
            for (long key = 0; key < tokens; key += tiles.keyTile()) {
                long keyEnd = Math.min(tokens, key + tiles.keyTile());
                if (isSeen(mask, query, queryEnd - 1, key, keyEnd - 1)) {
                    pairs = Math.addExact(pairs, (queryEnd - query) * (keyEnd - key));
                }
            }
        }
        return pairs;
    }

    /// Whether any query from `query` to `lastQuery` sees any key from `key` to `lastKey`.
    private static boolean isSeen(AttentionMask mask, long query, long lastQuery, long key, long lastKey) {
        return switch (mask) {
            case AttentionMask.Everything() -> true;
            case AttentionMask.Causal() -> key <= lastQuery;
            case AttentionMask.SlidingWindow(long size) -> key <= lastQuery && query - lastKey < size;
            case AttentionMask.Chunked(long size) -> seesInChunk(size, query, lastQuery, key, lastKey);
            case AttentionMask.Blocks(long size) -> query / size <= lastKey / size && key / size <= lastQuery / size;
            case AttentionMask.Selected selected ->
                throw new IllegalArgumentException("chosen tokens have no tiles, so no program holds them");
        };
    }

    /// In the last chunk that queries and keys share, the last query sees the first key if it stands behind it.
    private static boolean seesInChunk(long size, long query, long lastQuery, long key, long lastKey) {
        long chunk = Math.min(lastQuery / size, lastKey / size);
        if (chunk < query / size || chunk < key / size) {
            return false;
        }
        long latestQuery = Math.min(lastQuery, (chunk + 1) * size - 1);
        long earliestKey = Math.max(key, chunk * size);
        return earliestKey <= latestQuery;
    }
}
