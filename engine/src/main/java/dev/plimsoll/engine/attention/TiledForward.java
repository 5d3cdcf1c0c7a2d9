package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;

/// One head of one sequence, tile by tile: each query keeps the greatest score so far and the sum of the exponentials
/// above it; what was summed up before is scaled when a greater one comes.
///
/// A sink is the first score of each query, and has no value. Source: Dao 2023 (FlashAttention-2), algorithm 1.
final class TiledForward {
    private final HeadPass pass;
    private final AttentionKernel.Tiled tiling;
    private final TileScores scores;
    private final float[] greatest;
    private final float[] sums;

    TiledForward(HeadPass pass, AttentionKernel.Tiled tiling) {
        this.pass = pass;
        this.tiling = tiling;
        this.scores = new TileScores(pass, tiling);
        this.greatest = pass.scratch().statistics(pass.queries());
        this.sums = pass.scratch().otherStatistics(pass.queries());
    }

    void run(int batch, int head, float[] output) {
        Matrix target = pass.outputHead(output, batch, head);
        start(head, target);
        for (int query = 0; query < pass.queries(); query += Math.min(tiling.queryTile(), pass.queries() - query)) {
            for (int key = 0; key < pass.keys(); key += Math.min(tiling.keyTile(), pass.keys() - key)) {
                Tile tile = scores.tile(query, key);
                long seen = tile.seen(pass.task().visible());
                if (seen > 0) {
                    add(tile, seen, batch, head, target);
                }
            }
        }
        finish(batch, head, target);
    }

    private void start(int head, Matrix target) {
        float[] sinks = pass.operands().sinks();
        Arrays.fill(greatest, 0, pass.queries(), sinks.length > 0 ? sinks[head] : Float.NEGATIVE_INFINITY);
        Arrays.fill(sums, 0, pass.queries(), sinks.length > 0 ? 1 : 0);
        for (int query = 0; query < pass.queries(); query++) {
            int row = target.index(query, 0);
            Arrays.fill(target.data(), row, row + target.columns(), 0);
        }
    }

    private void add(Tile tile, long seen, int batch, int head, Matrix target) {
        Matrix probabilities = scores.make(tile, seen, batch, head);
        for (int query = tile.firstQuery(); query < tile.lastQuery(); query++) {
            addRow(tile, query, batch, head, target);
        }
        Matrix value = pass.valueHead(
                        pass.operands().value(),
                        batch,
                        head / pass.task().heads().group())
                .rows(tile.firstKey(), tile.lastKey());
        Matrix rows = target.rows(tile.firstQuery(), tile.lastQuery());
        pass.products().multiply(probabilities, value, rows, Update.ADD, seen, pass.valueSize());
    }

    /// One query's scores to exponentials, and its sum and output so far to the new greatest score.
    private void addRow(Tile tile, int query, int batch, int head, Matrix target) {
        float[] row = scores.values();
        int offset = scores.rowOffset(tile, query);
        int from = tile.from(pass.task().visible(), query);
        int count = tile.to(pass.task().visible(), query) - from;
        Arrays.fill(row, offset, offset + from, 0);
        Arrays.fill(row, offset + from + count, offset + tile.keys(), 0);
        if (count == 0) {
            return;
        }
        scores.addBias(tile, query, head);
        float max = Math.max(greatest[query], pass.kernels().max(row, offset + from, count));
        float shrink = (float) Math.exp(greatest[query] - max);
        float sum = pass.kernels().exponentials(row, offset + from, max, row, offset + from, count);
        sums[query] = sums[query] * shrink + sum;
        greatest[query] = max;
        if (shrink != 1) {
            pass.kernels().scale(shrink, target.data(), target.index(query, 0), target.columns());
        }
        scores.drop(tile, query, batch, head, row);
    }

    private void finish(int batch, int head, Matrix target) {
        for (int query = 0; query < pass.queries(); query++) {
            if (sums[query] != 0) {
                pass.kernels().scale(1 / sums[query], target.data(), target.index(query, 0), target.columns());
            }
            greatest[query] += (float) Math.log(sums[query]);
        }
        int first = pass.task().queriesAt(batch, head);
        pass.findings().store(Finding.LOG_SUM_EXP, first, greatest, 0, pass.queries(), pass.work());
    }
}
