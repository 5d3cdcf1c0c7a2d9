package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import java.math.BigInteger;

/// How many pairs of a query and a token it looks at there are in one sequence.
///
/// With `p` tokens in the past and `n` new ones: `n·p + n(n+1)/2` under a causal mask; the sum of `min(i, w)` over the
/// positions `i` from `p + 1` to `p + n` under a window of `w`; the sum of the places in the chunk under chunks.
final class VisiblePairs {
    private VisiblePairs() {}

    /// @throws InputException past 2^63 - 1
    static long of(AttentionMask mask, long past, long fresh) {
        return switch (mask) {
            case AttentionMask.Everything() -> product(fresh, past + fresh);
            case AttentionMask.Causal() -> upTo(past + fresh) - upTo(past);
            case AttentionMask.SlidingWindow(long size) -> windowed(past + fresh, size) - windowed(past, size);
            case AttentionMask.Selected(long size) -> windowed(past + fresh, size) - windowed(past, size);
            case AttentionMask.Chunked(long size) -> chunked(past + fresh, size) - chunked(past, size);
        };
    }

    /// `n(n+1)/2`.
    private static long upTo(long tokens) {
        return tokens % 2 == 0 ? product(tokens / 2, tokens + 1) : product(tokens, (tokens + 1) / 2);
    }

    /// The sum of `min(i, w)` for `i` from 1 to `n`.
    private static long windowed(long tokens, long window) {
        return tokens <= window ? upTo(tokens) : Math.addExact(upTo(window), product(tokens - window, window));
    }

    /// Whole chunks and what has begun of the next.
    private static long chunked(long tokens, long chunk) {
        long whole = tokens / chunk;
        return whole == 0 ? upTo(tokens) : Math.addExact(product(whole, upTo(chunk)), upTo(tokens % chunk));
    }

    private static long product(long left, long right) {
        if (Math.multiplyHigh(left, right) != 0 || left * right < 0) {
            throw InputException.usage(
                    "tokens of one sequence: found "
                            + BigInteger.valueOf(left).multiply(BigInteger.valueOf(right))
                            + " pairs of tokens, expected at most " + Long.MAX_VALUE,
                    "Ask for fewer tokens in one sequence.");
        }
        return left * right;
    }
}
