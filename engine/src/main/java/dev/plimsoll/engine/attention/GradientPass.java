package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.kernel.Matrix;
import java.util.Arrays;

/// One worker's share of a gradient.
///
/// @param output `[b, s, a, w]`
/// @param outputGradient `[b, s, a, w]`
/// @param sinkParts `[b, a]`, what each sequence adds to the sinks' gradients
@SuppressWarnings("ArrayRecordComponent") // views of the caller's arrays
record GradientPass(HeadPass pass, float[] output, float[] outputGradient, Gradients gradients, float[] sinkParts) {
    /// Sets to zero the gradients of one key/value head and its group of query heads, which products are added to.
    void clear(int batch, int keyValueHead) {
        if (gradients.wants(Wanted.KEY)) {
            clear(pass.keyHead(gradients.key(), batch, keyValueHead));
        }
        if (gradients.wants(Wanted.VALUE)) {
            clear(pass.valueHead(gradients.value(), batch, keyValueHead));
        }
        int group = pass.task().heads().group();
        for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++) {
            if (gradients.wants(Wanted.QUERY)) {
                clear(pass.queryHead(gradients.query(), batch, head));
            }
        }
    }

    private static void clear(Matrix matrix) {
        for (int row = 0; row < matrix.rows(); row++) {
            int from = matrix.index(row, 0);
            Arrays.fill(matrix.data(), from, from + matrix.columns(), 0);
        }
    }

    void addToSink(int batch, int head, double gradient) {
        sinkParts[batch * pass.task().heads().queryHeads() + head] += (float) gradient;
    }
}
