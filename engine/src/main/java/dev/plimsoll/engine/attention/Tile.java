package dev.plimsoll.engine.attention;

/// Some queries and some keys, neighbours each; the last one of either is exclusive.
record Tile(int firstQuery, int lastQuery, int firstKey, int lastKey) {
    int queries() {
        return lastQuery - firstQuery;
    }

    int keys() {
        return lastKey - firstKey;
    }

    /// The pairs that are seen.
    long seen(VisibleKeys visible) {
        return visible.seen(firstQuery, lastQuery, firstKey, lastKey);
    }

    /// The first key that a query sees, counted from the tile's own.
    int from(VisibleKeys visible, int query) {
        return Math.clamp(visible.from(query), firstKey, lastKey) - firstKey;
    }

    /// The key after the last that a query sees, counted from the tile's first, and no less than `from`.
    int to(VisibleKeys visible, int query) {
        return Math.max(from(visible, query), Math.clamp(visible.to(query), firstKey, lastKey) - firstKey);
    }
}
