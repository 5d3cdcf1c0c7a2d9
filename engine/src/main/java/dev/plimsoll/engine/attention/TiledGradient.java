package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;

/// The gradients of one key/value head of one sequence and of its group of query heads, tile by tile; probabilities are
/// made again from the scores and the logarithm of their sum, and dropout is drawn again.
///
/// `sum P dP` over the keys is the output times its gradient, summed over the head. Source: Dao 2023
/// (FlashAttention-2), algorithm 2. With `p = exp(sink - log sum)` a sink's score gets `-p sum P dP`.
final class TiledGradient {
    private final HeadPass pass;
    private final GradientPass backward;
    private final Gradients wanted;
    private final AttentionKernel.Tiled tiling;
    private final TileScores scores;
    private final float[] gradients;
    private final float[] capped;
    private final float[] logSums;
    private final float[] outputSums;

    TiledGradient(GradientPass backward, AttentionKernel.Tiled tiling) {
        this.backward = backward;
        this.pass = backward.pass();
        this.wanted = backward.gradients();
        this.tiling = tiling;
        this.scores = new TileScores(pass, tiling);
        this.gradients = pass.scratch().otherPairs(scores.elements());
        this.capped = pass.scratch().row(scores.elements());
        this.logSums = pass.scratch().statistics(pass.queries());
        this.outputSums = pass.scratch().otherStatistics(pass.queries());
    }

    void run(int batch, int keyValueHead) {
        backward.clear(batch, keyValueHead);
        int group = pass.task().heads().group();
        for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++) {
            int first = pass.task().queriesAt(batch, head);
            pass.findings().load(Finding.LOG_SUM_EXP, first, logSums, 0, pass.queries(), pass.work());
            if (wanted.wantsScores()) {
                sumOutputs(batch, head);
            }
            tiles(batch, head);
        }
    }

    private void sumOutputs(int batch, int head) {
        Matrix output = pass.outputHead(backward.output(), batch, head);
        Matrix gradient = pass.outputHead(backward.outputGradient(), batch, head);
        double sink = 0;
        for (int query = 0; query < pass.queries(); query++) {
            int at = output.index(query, 0);
            outputSums[query] = pass.kernels()
                    .dot(
                            output.data(),
                            at,
                            gradient.data(),
                            gradient.index(query, 0),
                            pass.valueSize(),
                            Work.ignored());
            if (wanted.wants(Wanted.SINKS)) {
                sink -= Math.exp(pass.operands().sinks()[head] - logSums[query]) * outputSums[query];
            }
        }
        backward.addToSink(batch, head, sink);
    }

    private void tiles(int batch, int head) {
        for (int key = 0; key < pass.keys(); key += Math.min(tiling.keyTile(), pass.keys() - key)) {
            for (int query = 0; query < pass.queries(); query += Math.min(tiling.queryTile(), pass.queries() - query)) {
                Tile tile = scores.tile(query, key);
                long seen = tile.seen(pass.task().visible());
                if (seen > 0) {
                    tile(tile, seen, batch, head);
                }
            }
        }
    }

    private void tile(Tile tile, long seen, int batch, int head) {
        int keyValueHead = head / pass.task().heads().group();
        Matrix probabilities = scores.make(tile, seen, batch, head);
        Matrix gradient =
                pass.outputHead(backward.outputGradient(), batch, head).rows(tile.firstQuery(), tile.lastQuery());
        if (wanted.wantsScores()) {
            System.arraycopy(scores.values(), 0, capped, 0, tile.queries() * tile.keys());
            Matrix value =
                    pass.valueHead(pass.operands().value(), batch, keyValueHead).rows(tile.firstKey(), tile.lastKey());
            Matrix target = Matrix.of(gradients, tile.queries(), tile.keys());
            pass.products().multiply(gradient, value.transposed(), target, Update.ASSIGN, seen, pass.valueSize());
        }
        for (int query = tile.firstQuery(); query < tile.lastQuery(); query++) {
            row(tile, query, batch, head);
        }
        if (wanted.wants(Wanted.VALUE)) {
            Matrix target = pass.valueHead(wanted.value(), batch, keyValueHead).rows(tile.firstKey(), tile.lastKey());
            pass.products().multiply(probabilities.transposed(), gradient, target, Update.ADD, seen, pass.valueSize());
        }
        products(tile, seen, batch, head);
    }

    /// One query's scores to dropped probabilities, and the gradients of those to gradients of products.
    private void row(Tile tile, int query, int batch, int head) {
        float[] row = scores.values();
        int offset = scores.rowOffset(tile, query);
        int from = tile.from(pass.task().visible(), query);
        int count = tile.to(pass.task().visible(), query) - from;
        clearUnseen(row, offset, from, count, tile.keys());
        scores.addBias(tile, query, head);
        pass.kernels().exponentials(row, offset + from, logSums[query], row, offset + from, count);
        if (wanted.wantsScores()) {
            clearUnseen(gradients, offset, from, count, tile.keys());
            scores.drop(tile, query, batch, head, gradients);
            for (int i = offset + from; i < offset + from + count; i++) {
                gradients[i] = row[i] * (gradients[i] - outputSums[query]);
            }
            pass.task().scores().backToProducts(pass.kernels(), gradients, offset + from, capped, offset + from, count);
        }
        scores.drop(tile, query, batch, head, row);
    }

    private static void clearUnseen(float[] row, int offset, int from, int count, int keys) {
        Arrays.fill(row, offset, offset + from, 0);
        Arrays.fill(row, offset + from + count, offset + keys, 0);
    }

    private void products(Tile tile, long seen, int batch, int head) {
        int keyValueHead = head / pass.task().heads().group();
        Matrix scoreGradients = Matrix.of(gradients, tile.queries(), tile.keys());
        if (wanted.wants(Wanted.QUERY)) {
            Matrix key =
                    pass.keyHead(pass.operands().key(), batch, keyValueHead).rows(tile.firstKey(), tile.lastKey());
            Matrix target = pass.queryHead(wanted.query(), batch, head).rows(tile.firstQuery(), tile.lastQuery());
            pass.products().multiply(scoreGradients, key, target, Update.ADD, seen, pass.headSize());
        }
        if (wanted.wants(Wanted.KEY)) {
            Matrix query =
                    pass.queryHead(pass.operands().query(), batch, head).rows(tile.firstQuery(), tile.lastQuery());
            Matrix target = pass.keyHead(wanted.key(), batch, keyValueHead).rows(tile.firstKey(), tile.lastKey());
            pass.products().multiply(scoreGradients.transposed(), query, target, Update.ADD, seen, pass.headSize());
        }
    }
}
