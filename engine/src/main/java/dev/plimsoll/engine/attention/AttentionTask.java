package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;

/// An attention core with all its sizes: what is to be computed, and how it is run.
public final class AttentionTask {
    private final AttentionSizes sizes;
    private final VisibleKeys visible;
    private final AttentionKernel kernel;
    private final ScoreRule scores;
    private final Dropout dropout;

    private AttentionTask(
            AttentionSizes sizes, VisibleKeys visible, AttentionKernel kernel, ScoreRule scores, Dropout dropout) {
        this.sizes = sizes;
        this.visible = visible;
        this.kernel = kernel;
        this.scores = scores;
        this.dropout = dropout;
    }

    /// Of whole sequences.
    ///
    /// @throws InputException for a mask or a position bias that is not executed yet
    public static AttentionTask of(
            Operator.Attention attention, AttentionSizes sizes, AttentionKernel kernel, Dropout dropout) {
        VisibleKeys visible = VisibleKeys.of(attention.mask(), sizes.queries(), sizes.keys());
        return of(attention, sizes, visible, kernel, dropout);
    }

    /// Of some queries and keys of a text; none dropped unless `dropout` says so.
    ///
    /// @param visible for as many queries and keys as `sizes` says
    /// @throws InputException for a position bias that is not executed yet, or for more pairs at once than an array holds
    public static AttentionTask of(
            Operator.Attention attention,
            AttentionSizes sizes,
            VisibleKeys visible,
            AttentionKernel kernel,
            Dropout dropout) {
        if (visible.queries() != sizes.queries() || visible.keys() != sizes.keys()) {
            throw new IllegalArgumentException(
                    "a mask of %d queries and %d keys for %s".formatted(visible.queries(), visible.keys(), sizes));
        }
        requirePairs(sizes, kernel);
        ScoreRule scores = ScoreRule.of(attention.scores(), sizes.heads().queryHeads());
        return new AttentionTask(sizes, visible, kernel, scores, dropout);
    }

    /// One head's pairs are held in one array.
    private static void requirePairs(AttentionSizes sizes, AttentionKernel kernel) {
        long pairs = switch (kernel) {
            case AttentionKernel.Materialised() -> (long) sizes.queries() * sizes.keys();
            case AttentionKernel.Tiled tiled ->
                (long) Math.min(tiled.queryTile(), sizes.queries()) * Math.min(tiled.keyTile(), sizes.keys());
        };
        if (pairs > Integer.MAX_VALUE) {
            throw InputException.usage(
                    "attention: found %d pairs of tokens at once, expected at most 2^31 - 1".formatted(pairs),
                    "Run the attention in smaller tiles, or fewer tokens.");
        }
    }

    public AttentionSizes sizes() {
        return sizes;
    }

    HeadSizes heads() {
        return sizes.heads();
    }

    VisibleKeys visible() {
        return visible;
    }

    AttentionKernel kernel() {
        return kernel;
    }

    ScoreRule scores() {
        return scores;
    }

    Dropout dropout() {
        return dropout;
    }

    /// The first element of one head's rows in a finding `[b, a, s]`.
    int queriesAt(int batch, int head) {
        return (batch * heads().queryHeads() + head) * sizes.queries();
    }

    /// The number of one pair in `[b, a, s, t]`.
    long pairAt(int batch, int head, int query, int key) {
        return ((long) queriesAt(batch, head) + query) * sizes.keys() + key;
    }
}
