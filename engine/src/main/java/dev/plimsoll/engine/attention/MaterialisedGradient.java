package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.rewrite.Kept.Finding;

/// The gradients of one key/value head of one sequence and of its group of query heads, from kept probabilities.
///
/// With `P` the probabilities, `D` those after dropout, `O` the output: `dV = D^T dO`; `dP = dO V^T`, where something
/// was dropped times the mask and `1 / (1 - rate)`; `dS = P (dP - sum P dP)`, element by element, the sum over keys; a
/// sink's score gets `-p sum P dP`, with `p` its own probability; `dQ = dS K`, `dK = dS^T Q`.
final class MaterialisedGradient {
    private final HeadPass pass;
    private final GradientPass backward;
    private final Gradients wanted;
    private final Matrix probabilities;
    private final Matrix gradients;
    private final float[] row;

    MaterialisedGradient(GradientPass backward) {
        this.backward = backward;
        this.pass = backward.pass();
        this.wanted = backward.gradients();
        int all = pass.queries() * pass.keys();
        this.probabilities = Matrix.of(pass.scratch().pairs(all), pass.queries(), pass.keys());
        this.gradients = Matrix.of(pass.scratch().otherPairs(all), pass.queries(), pass.keys());
        this.row = pass.scratch().row(pass.keys());
    }

    void run(int batch, int keyValueHead) {
        backward.clear(batch, keyValueHead);
        int group = pass.task().heads().group();
        for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++) {
            if (wanted.wants(Wanted.VALUE)) {
                value(batch, head, keyValueHead);
            }
            if (wanted.wantsScores()) {
                scores(batch, head, keyValueHead);
                products(batch, head, keyValueHead);
            }
        }
    }

    private void value(int batch, int head, int keyValueHead) {
        Finding dropped = pass.task().dropout().drops() ? Finding.DROPPED_PROBABILITIES : Finding.PROBABILITIES;
        load(dropped, batch, head);
        Matrix outputGradient = pass.outputHead(backward.outputGradient(), batch, head);
        Matrix value = pass.valueHead(wanted.value(), batch, keyValueHead);
        multiply(probabilities.transposed(), outputGradient, value, Update.ADD, pass.valueSize());
    }

    /// Leaves the gradients of the products of query and key.
    private void scores(int batch, int head, int keyValueHead) {
        load(Finding.PROBABILITIES, batch, head);
        Matrix outputGradient = pass.outputHead(backward.outputGradient(), batch, head);
        Matrix value = pass.valueHead(pass.operands().value(), batch, keyValueHead);
        multiply(outputGradient, value.transposed(), gradients, Update.ASSIGN, pass.valueSize());
        double sink = 0;
        for (int query = 0; query < pass.queries(); query++) {
            undrop(batch, head, query);
            double sum = softmax(query);
            uncap(batch, head, query);
            if (wanted.wants(Wanted.SINKS)) {
                int at = pass.task().queriesAt(batch, head) + query;
                pass.findings().load(Finding.SINK_PROBABILITY, at, row, 0, 1, pass.work());
                sink -= row[0] * sum;
            }
        }
        backward.addToSink(batch, head, sink);
    }

    /// Gradients of dropped probabilities to gradients of probabilities.
    private void undrop(int batch, int head, int query) {
        if (!pass.task().dropout().drops()) {
            return;
        }
        loadRow(Finding.DROPOUT_MASK, batch, head, query);
        int start = query * pass.keys();
        pass.kernels().multiply(row, 0, gradients.data(), start, pass.keys());
        pass.kernels().scale(pass.task().dropout().kept(), gradients.data(), start, pass.keys());
    }

    /// Gradients of probabilities to gradients of scores; returns `sum P dP`.
    private double softmax(int query) {
        int start = query * pass.keys();
        float sum =
                pass.kernels().dot(probabilities.data(), start, gradients.data(), start, pass.keys(), Work.ignored());
        for (int i = start; i < start + pass.keys(); i++) {
            gradients.data()[i] = probabilities.data()[i] * (gradients.data()[i] - sum);
        }
        return sum;
    }

    private void uncap(int batch, int head, int query) {
        if (pass.task().scores().caps()) {
            loadRow(Finding.CAPPED_SCORES, batch, head, query);
        }
        pass.task().scores().backToProducts(pass.kernels(), gradients.data(), query * pass.keys(), row, 0, pass.keys());
    }

    private void products(int batch, int head, int keyValueHead) {
        if (wanted.wants(Wanted.QUERY)) {
            Matrix key = pass.keyHead(pass.operands().key(), batch, keyValueHead);
            Matrix query = pass.queryHead(wanted.query(), batch, head);
            multiply(gradients, key, query, Update.ASSIGN, pass.headSize());
        }
        if (wanted.wants(Wanted.KEY)) {
            Matrix query = pass.queryHead(pass.operands().query(), batch, head);
            Matrix key = pass.keyHead(wanted.key(), batch, keyValueHead);
            multiply(gradients.transposed(), query, key, Update.ADD, pass.headSize());
        }
    }

    private void multiply(Matrix left, Matrix right, Matrix target, Update update, int width) {
        pass.products().multiply(left, right, target, update, pass.seen(), width);
    }

    private void load(Finding what, int batch, int head) {
        long first = pass.task().pairAt(batch, head, 0, 0);
        int all = pass.queries() * pass.keys();
        pass.findings().load(what, first, probabilities.data(), 0, all, pass.work());
    }

    private void loadRow(Finding what, int batch, int head, int query) {
        long first = pass.task().pairAt(batch, head, query, 0);
        pass.findings().load(what, first, row, 0, pass.keys(), pass.work());
    }
}
