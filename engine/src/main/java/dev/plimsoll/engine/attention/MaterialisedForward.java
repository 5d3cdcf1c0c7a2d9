package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;

/// One head of one sequence: all scores, then all probabilities, then the output.
final class MaterialisedForward {
    private final HeadPass pass;
    private final int batch;
    private final int head;
    private final float[] pairs;
    private final float[] row;

    private MaterialisedForward(HeadPass pass, int batch, int head) {
        this.pass = pass;
        this.batch = batch;
        this.head = head;
        this.pairs = pass.scratch().pairs(pass.queries() * pass.keys());
        this.row = pass.scratch().row(pass.keys());
    }

    static void run(HeadPass pass, int batch, int head, float[] output) {
        new MaterialisedForward(pass, batch, head).run(output);
    }

    private void run(float[] output) {
        int queries = pass.queries();
        int keys = pass.keys();
        int keyValueHead = head / pass.task().heads().group();
        Matrix scores = Matrix.of(pairs, queries, keys);
        Matrix query = pass.queryHead(pass.operands().query(), batch, head);
        Matrix key = pass.keyHead(pass.operands().key(), batch, keyValueHead);
        Matrix value = pass.valueHead(pass.operands().value(), batch, keyValueHead);
        long seen = pass.seen();
        pass.products().multiply(query, key.transposed(), scores, Update.ASSIGN, seen, pass.headSize());
        for (int at = 0; at < queries; at++) {
            softmax(at);
        }
        long first = pass.task().pairAt(batch, head, 0, 0);
        pass.findings().store(Finding.PROBABILITIES, first, pairs, 0, queries * keys, pass.work());
        if (pass.task().dropout().drops()) {
            drop(first);
        }
        Matrix result = pass.outputHead(output, batch, head);
        pass.products().multiply(scores, value, result, Update.ASSIGN, seen, pass.valueSize());
    }

    /// One query's products to probabilities, in place; zeros for keys that it does not see.
    private void softmax(int query) {
        VisibleKeys visible = pass.task().visible();
        ScoreRule rule = pass.task().scores();
        int start = query * pass.keys();
        int from = visible.from(query);
        int count = visible.to(query) - from;
        Arrays.fill(pairs, start, start + from, 0);
        Arrays.fill(pairs, start + from + count, start + pass.keys(), 0);
        rule.scaleAndCap(pass.kernels(), pairs, start + from, count);
        long finding = pass.task().pairAt(batch, head, query, 0);
        pass.findings().store(Finding.CAPPED_SCORES, finding, pairs, start, pass.keys(), pass.work());
        rule.addBias(visible, head, query, from, pairs, start + from, count);
        normalize(query, start + from, count);
    }

    private void normalize(int query, int offset, int count) {
        float[] sinks = pass.operands().sinks();
        float sink = sinks.length > 0 ? sinks[head] : Float.NEGATIVE_INFINITY;
        float max = Math.max(sink, pass.kernels().max(pairs, offset, count));
        float sinkPart = sinks.length > 0 ? (float) Math.exp(sink - max) : 0;
        float sum = pass.kernels().exponentials(pairs, offset, max, pairs, offset, count) + sinkPart;
        pass.kernels().scale(1 / sum, pairs, offset, count);
        row[0] = sinkPart / sum;
        int finding = pass.task().queriesAt(batch, head) + query;
        pass.findings().store(Finding.SINK_PROBABILITY, finding, row, 0, 1, pass.work());
    }

    private void drop(long first) {
        Dropout dropout = pass.task().dropout();
        int keys = pass.keys();
        for (int query = 0; query < pass.queries(); query++) {
            long number = pass.task().pairAt(batch, head, query, 0);
            int from = pass.task().visible().from(query);
            int to = pass.task().visible().to(query);
            Arrays.fill(row, 0, keys, 0);
            for (int key = from; key < to; key++) {
                row[key] = dropout.keeps(number + key) ? 1 : 0;
                pairs[query * keys + key] *= row[key] * dropout.kept();
            }
            pass.findings().store(Finding.DROPOUT_MASK, first + (long) query * keys, row, 0, keys, pass.work());
        }
        int all = pass.queries() * keys;
        pass.findings().store(Finding.DROPPED_PROBABILITIES, first, pairs, 0, all, pass.work());
    }
}
