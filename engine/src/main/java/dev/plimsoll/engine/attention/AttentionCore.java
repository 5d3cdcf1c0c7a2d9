package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.MatrixProduct;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.model.execution.AttentionKernel;
import java.util.ArrayList;
import java.util.List;

/// `softmax(scores(query · key^T)) · value` and its gradient, in f32, each key/value head serving a group of query heads.
///
/// *Materialised*: scores and probabilities of all pairs of one head at a time. *Tiled*: tile by tile, with a running
/// maximum and sum; tiles without a pair that is seen are skipped, and the gradient makes the scores again. Source:
/// Dao 2023 (FlashAttention-2), algorithms 1 and 2.
///
/// Multiply-adds are counted for the products only: *logical* those of the pairs that are seen, *executed* those of all
/// pairs or of the tiles' areas, clipped to the ends of the sequences. The result is the same bit for bit at any number
/// of workers.
public final class AttentionCore {
    private final Kernels kernels;
    private final Workers workers;
    private final Meter meter;
    /// Counts what the products do, of which only a part is seen.
    private final Meter products;
    private final MatrixProduct product;
    private final List<HeadScratch> scratch = new ArrayList<>();

    public AttentionCore(Kernels kernels, Workers workers, Meter meter) {
        this.kernels = kernels;
        this.workers = workers;
        this.meter = meter;
        this.products = Meter.counting(workers.count());
        this.product = new MatrixProduct(kernels, workers, products);
        for (int worker = 0; worker < workers.count(); worker++) {
            scratch.add(new HeadScratch());
        }
    }

    /// Writes the output, and those findings that have a tensor.
    ///
    /// @param output `[b, s, a, w]`, overwritten
    public void forward(AttentionTask task, Operands operands, float[] output, Findings findings) {
        int heads = task.heads().queryHeads();
        workers.forEachRange(task.sizes().batch() * heads, 1, (worker, from, to) -> {
            HeadPass pass = pass(worker, task, operands, findings);
            for (int item = from; item < to; item++) {
                switch (task.kernel()) {
                    case AttentionKernel.Materialised() ->
                        MaterialisedForward.run(pass, item / heads, item % heads, output);
                    case AttentionKernel.Tiled tiled ->
                        new TiledForward(pass, tiled).run(item / heads, item % heads, output);
                }
            }
            pass.finish();
        });
    }

    /// Writes the gradients that are wanted.
    ///
    /// @param operands those that the gradients read; others may be empty
    /// @param output `[b, s, a, w]`, what the forward pass wrote; read by the tiled gradient only, else may be empty
    /// @param outputGradient `[b, s, a, w]`
    /// @param findings what the gradients read, from the forward pass
    public void gradient(
            AttentionTask task,
            Operands operands,
            float[] output,
            float[] outputGradient,
            Findings findings,
            Gradients gradients) {
        int heads = task.heads().keyValueHeads();
        float[] sinks = new float[task.sizes().batch() * task.heads().queryHeads()];
        workers.forEachRange(task.sizes().batch() * heads, 1, (worker, from, to) -> {
            HeadPass pass = pass(worker, task, operands, findings);
            GradientPass backward = new GradientPass(pass, output, outputGradient, gradients, sinks);
            for (int item = from; item < to; item++) {
                switch (task.kernel()) {
                    case AttentionKernel.Materialised() ->
                        new MaterialisedGradient(backward).run(item / heads, item % heads);
                    case AttentionKernel.Tiled tiled ->
                        new TiledGradient(backward, tiled).run(item / heads, item % heads);
                }
            }
            pass.finish();
        });
        if (gradients.wants(Gradients.Wanted.SINKS)) {
            sumOverBatch(sinks, gradients.sinks());
        }
    }

    /// Bytes of scratch held, over all workers.
    public long scratchBytes() {
        return product.scratchBytes()
                + scratch.stream().mapToLong(HeadScratch::bytes).sum();
    }

    private HeadPass pass(int worker, AttentionTask task, Operands operands, Findings findings) {
        CountedProducts counted = new CountedProducts(product, products, meter.worker(worker), worker);
        return new HeadPass(task, operands, findings, kernels, counted, scratch.get(worker));
    }

    private static void sumOverBatch(float[] parts, float[] sums) {
        for (int head = 0; head < sums.length; head++) {
            double sum = 0;
            for (int part = head; part < parts.length; part += sums.length) {
                sum += parts[part];
            }
            sums[head] = (float) sum;
        }
    }
}
