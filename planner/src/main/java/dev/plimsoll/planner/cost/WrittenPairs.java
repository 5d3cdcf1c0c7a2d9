package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;

/// The line of arithmetic behind a number of [VisiblePairs]: `t = C + s` tokens, less those of the past.
final class WrittenPairs {
    private WrittenPairs() {}

    static Explanation of(AttentionMask mask, long past, long fresh) {
        long all = past + fresh;
        String before = past == 0 ? "" : " - (" + written(mask, all, past) + ")";
        return new Explanation(
                "pairs: " + words(mask),
                formula(mask) + (past == 0 ? "" : ", t = C + s, less the same of C"),
                written(mask, all, all) + before,
                BigDecimal.valueOf(VisiblePairs.of(mask, past, fresh)),
                new Basis("pairs", "the tokens that each query sees, added up", Provenance.EXACT));
    }

    private static String words(AttentionMask mask) {
        return switch (mask) {
            case AttentionMask.Everything() -> "every token";
            case AttentionMask.Causal() -> "causal";
            case AttentionMask.SlidingWindow(long size) -> "causal, window of " + size;
            case AttentionMask.Chunked(long size) -> "causal, chunks of " + size;
            case AttentionMask.Selected(long size) -> "causal, " + size + " chosen tokens";
            case AttentionMask.Blocks(long size) -> "blocks of " + size;
        };
    }

    private static String formula(AttentionMask mask) {
        return switch (mask) {
            case AttentionMask.Everything() -> "t x t";
            case AttentionMask.Causal() -> "t x (t + 1) / 2";
            case AttentionMask.SlidingWindow _, AttentionMask.Selected _ ->
                "W x (W + 1) / 2 + (t - W) x W, W the window, at most t";
            case AttentionMask.Chunked _ -> "F x M x (M + 1) / 2 + R x (R + 1) / 2, t = F x M + R in chunks of M";
            case AttentionMask.Blocks _ -> "F x M + (t - F) x R, F of t in whole blocks of M, R in the last";
        };
    }

    /// The pairs of the first `queries` of so many tokens.
    private static String written(AttentionMask mask, long tokens, long queries) {
        return switch (mask) {
            case AttentionMask.Everything() -> queries + " x " + tokens;
            case AttentionMask.Causal() -> triangle(queries);
            case AttentionMask.SlidingWindow(long size) -> window(queries, size);
            case AttentionMask.Selected(long size) -> window(queries, size);
            case AttentionMask.Chunked(long size) ->
                queries / size + " x " + triangle(size) + " + " + triangle(queries % size);
            case AttentionMask.Blocks(long size) -> {
                long inWhole = Math.min(queries, tokens / size * size);
                yield inWhole + " x " + size + " + " + (queries - inWhole) + " x " + tokens % size;
            }
        };
    }

    private static String window(long tokens, long size) {
        return tokens <= size ? triangle(tokens) : triangle(size) + " + " + (tokens - size) + " x " + size;
    }

    private static String triangle(long tokens) {
        return tokens + " x (" + tokens + " + 1) / 2";
    }
}
