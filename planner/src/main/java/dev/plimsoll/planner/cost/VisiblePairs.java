package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import java.math.BigInteger;

/// How many pairs of a query and a token it looks at there are in one sequence.
///
/// With `p` tokens in the past and `n` new ones: `n·p + n(n+1)/2` under a causal mask; the sum of `min(i, w)` over the
/// positions `i` from `p + 1` to `p + n` under a window of `w`; the sum of the places in the chunk under chunks; the
/// sum of the sizes of the blocks the new tokens stand in under blocks.
public final class VisiblePairs {
    private VisiblePairs() {}

    /// @throws InputException past 2^63 - 1
    public static long of(AttentionMask mask, long past, long fresh) {
        return switch (mask) {
            case AttentionMask.Everything() -> product(fresh, past + fresh);
            case AttentionMask.Causal() -> upTo(past + fresh) - upTo(past);
            case AttentionMask.SlidingWindow(long size) -> windowed(past + fresh, size) - windowed(past, size);
            case AttentionMask.Selected(long size) -> windowed(past + fresh, size) - windowed(past, size);
            case AttentionMask.Chunked(long size) -> chunked(past + fresh, size) - chunked(past, size);
            case AttentionMask.Blocks(long size) ->
                blocks(past + fresh, past + fresh, size) - blocks(past + fresh, past, size);
        };
    }

    /// The pairs of `n` forward passes, the `i`-th over the first `i` tokens: the sum of `of(mask, 0, i)`.
    static BigInteger ofGrowingPasses(AttentionMask mask, long tokens) {
        BigInteger n = BigInteger.valueOf(tokens);
        return switch (mask) {
            case AttentionMask.Everything() ->
                n.multiply(n.add(BigInteger.ONE))
                        .multiply(n.shiftLeft(1).add(BigInteger.ONE))
                        .divide(BigInteger.valueOf(6));
            case AttentionMask.Causal() -> tetrahedron(tokens);
            case AttentionMask.SlidingWindow(long size) -> growingWindow(tokens, size);
            case AttentionMask.Selected(long size) -> growingWindow(tokens, size);
            case AttentionMask.Chunked(long size) -> growingChunks(tokens, size);
            case AttentionMask.Blocks(long size) -> growingBlocks(tokens, size);
        };
    }

    /// The sum of `i(i+1)/2` for `i` from 1 to `n`: `n(n+1)(n+2)/6`.
    private static BigInteger tetrahedron(long tokens) {
        BigInteger n = BigInteger.valueOf(tokens);
        return n.multiply(n.add(BigInteger.ONE)).multiply(n.add(BigInteger.TWO)).divide(BigInteger.valueOf(6));
    }

    private static BigInteger growingWindow(long tokens, long window) {
        if (tokens <= window) {
            return tetrahedron(tokens);
        }
        long beyond = tokens - window;
        return tetrahedron(window)
                .add(BigInteger.valueOf(beyond).multiply(BigInteger.valueOf(upTo(window))))
                .add(BigInteger.valueOf(window).multiply(BigInteger.valueOf(upTo(beyond))));
    }

    private static BigInteger growingChunks(long tokens, long chunk) {
        long whole = tokens / chunk;
        if (whole == 0) {
            return tetrahedron(tokens);
        }
        long rest = tokens % chunk;
        BigInteger full = BigInteger.valueOf(upTo(chunk));
        return full.multiply(BigInteger.valueOf(chunk))
                .multiply(BigInteger.valueOf(upTo(whole - 1)))
                .add(tetrahedron(chunk).multiply(BigInteger.valueOf(whole)))
                .add(full.multiply(BigInteger.valueOf(rest)).multiply(BigInteger.valueOf(whole)))
                .add(tetrahedron(rest));
    }

    /// With `w` whole blocks of `c` and `r` tokens more: `c^3·w(w-1)/2 + w·S(c-1) + (r+1)·w·c^2 + S(r)`, where `S(m)`
    /// is the sum of the squares up to `m`.
    private static BigInteger growingBlocks(long tokens, long block) {
        BigInteger size = BigInteger.valueOf(block);
        BigInteger whole = BigInteger.valueOf(tokens / block);
        BigInteger rest = BigInteger.valueOf(tokens % block);
        return size.pow(3)
                .multiply(BigInteger.valueOf(upTo(tokens / block)).subtract(whole))
                .add(whole.multiply(squares(block - 1)))
                .add(rest.add(BigInteger.ONE).multiply(whole).multiply(size.pow(2)))
                .add(squares(tokens % block));
    }

    /// `m(m+1)(2m+1)/6`.
    private static BigInteger squares(long upTo) {
        BigInteger m = BigInteger.valueOf(upTo);
        return m.multiply(m.add(BigInteger.ONE))
                .multiply(m.shiftLeft(1).add(BigInteger.ONE))
                .divide(BigInteger.valueOf(6));
    }

    /// The pairs of the first `queries` of `tokens`: each looks at its block, the last of which may be short.
    private static long blocks(long tokens, long queries, long block) {
        long inWhole = Math.min(queries, tokens / block * block);
        return Math.addExact(product(inWhole, block), product(queries - inWhole, tokens % block));
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
