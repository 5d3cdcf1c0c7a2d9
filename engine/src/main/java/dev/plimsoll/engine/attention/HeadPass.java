package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.meter.Work;

/// One worker's share of a pass, and its views of one head.
record HeadPass(
        AttentionTask task,
        Operands operands,
        Findings findings,
        Kernels kernels,
        CountedProducts products,
        HeadScratch scratch) {
    Work work() {
        return products.work();
    }

    void finish() {
        products.finish();
    }

    int queries() {
        return task.sizes().queries();
    }

    int keys() {
        return task.sizes().keys();
    }

    int headSize() {
        return task.heads().headSize();
    }

    int valueSize() {
        return task.heads().valueSize();
    }

    /// `[s, d]` of a query, or of its gradient.
    Matrix queryHead(float[] query, int batch, int head) {
        return head(query, batch, queries(), head, task.heads().queryHeads(), headSize());
    }

    /// `[t, d]` of a key, or of its gradient.
    Matrix keyHead(float[] key, int batch, int head) {
        return head(key, batch, keys(), head, task.heads().keyValueHeads(), headSize());
    }

    /// `[t, w]` of a value, or of its gradient.
    Matrix valueHead(float[] value, int batch, int head) {
        return head(value, batch, keys(), head, task.heads().keyValueHeads(), valueSize());
    }

    /// `[s, w]` of an output, or of its gradient.
    Matrix outputHead(float[] output, int batch, int head) {
        return head(output, batch, queries(), head, task.heads().queryHeads(), valueSize());
    }

    /// The pairs that are seen of all of a sequence's.
    long seen() {
        return task.visible().seen(0, queries(), 0, keys());
    }

    private static Matrix head(float[] data, int batch, int tokens, int head, int heads, int size) {
        int offset = (batch * tokens * heads + head) * size;
        return new Matrix(data, offset, tokens, size, heads * size, 1);
    }
}
