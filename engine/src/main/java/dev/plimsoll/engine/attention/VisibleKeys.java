package dev.plimsoll.engine.attention;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import java.util.Arrays;

/// Which keys each query looks at: a run of neighbours, since keys stand in the order of the text.
public final class VisibleKeys {
    private final int[] queryAt;
    private final int[] keyAt;
    private final int[] from;
    private final int[] to;

    private VisibleKeys(int[] queryAt, int[] keyAt, int[] from, int[] to) {
        this.queryAt = queryAt;
        this.keyAt = keyAt;
        this.from = from;
        this.to = to;
    }

    /// Queries and keys of whole sequences, both counted from the text's start.
    public static VisibleKeys of(AttentionMask mask, int queries, int keys) {
        return of(mask, upTo(queries), upTo(keys));
    }

    /// Queries and keys at any places of a text, for example the newest tokens and what a cache holds.
    ///
    /// @param queryAt the text index of each query
    /// @param keyAt the text index of each key, ascending
    /// @throws InputException for a mask that needs a choice of tokens
    public static VisibleKeys of(AttentionMask mask, int[] queryAt, int[] keyAt) {
        int[] from = new int[queryAt.length];
        int[] to = new int[queryAt.length];
        for (int query = 0; query < queryAt.length; query++) {
            long at = queryAt[query];
            from[query] = firstAtOrAfter(keyAt, firstSeen(mask, at));
            to[query] = Math.max(from[query], firstAtOrAfter(keyAt, lastSeen(mask, at) + 1));
        }
        return new VisibleKeys(queryAt.clone(), keyAt.clone(), from, to);
    }

    /// The text index of the first token that a query at a text index sees.
    ///
    /// @throws InputException for a mask that needs a choice of tokens
    public static long firstSeen(AttentionMask mask, long at) {
        return switch (mask) {
            case AttentionMask.Everything(), AttentionMask.Causal() -> 0;
            case AttentionMask.SlidingWindow(long size) -> Math.max(0, at - size + 1);
            case AttentionMask.Chunked(long size) -> at - at % size;
            case AttentionMask.Blocks(long size) -> at - at % size;
            case AttentionMask.Selected selected -> throw notExecuted(selected);
        };
    }

    /// The text index of the last token that a query sees, had the text no end.
    private static long lastSeen(AttentionMask mask, long at) {
        return switch (mask) {
            case AttentionMask.Everything() -> Integer.MAX_VALUE;
            case AttentionMask.Causal(), AttentionMask.SlidingWindow _, AttentionMask.Chunked _ -> at;
            case AttentionMask.Blocks(long size) -> at - at % size + size - 1;
            case AttentionMask.Selected selected -> throw notExecuted(selected);
        };
    }

    /// The first key that `query` sees.
    int from(int query) {
        return from[query];
    }

    /// The key after the last that `query` sees.
    int to(int query) {
        return to[query];
    }

    int queries() {
        return from.length;
    }

    int keys() {
        return keyAt.length;
    }

    /// How many tokens of the text lie between a query and a key.
    int distance(int query, int key) {
        return Math.abs(keyAt[key] - queryAt[query]);
    }

    /// How many keys of a tile `query` sees.
    int seen(int query, int firstKey, int lastKey) {
        return Math.max(0, Math.min(to[query], lastKey) - Math.max(from[query], firstKey));
    }

    /// The pairs of a tile that are seen.
    long seen(int firstQuery, int lastQuery, int firstKey, int lastKey) {
        long pairs = 0;
        for (int query = firstQuery; query < lastQuery; query++) {
            pairs += seen(query, firstKey, lastKey);
        }
        return pairs;
    }

    private static int firstAtOrAfter(int[] ascending, long at) {
        if (at > Integer.MAX_VALUE) {
            return ascending.length;
        }
        int found = Arrays.binarySearch(ascending, (int) at);
        return found >= 0 ? found : -found - 1;
    }

    private static int[] upTo(int count) {
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    private static InputException notExecuted(AttentionMask.Selected selected) {
        return InputException.unsupported(
                "attention mask: found " + selected.size() + " tokens chosen by an indexer, expected a fixed mask; "
                        + "chosen tokens are not executed yet",
                "Choose a model without an indexer.");
    }
}
