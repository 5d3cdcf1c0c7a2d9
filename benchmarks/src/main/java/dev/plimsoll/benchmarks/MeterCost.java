package dev.plimsoll.benchmarks;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.MatrixProduct;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What counting costs a matrix product: with the meter on and off by turns, on one thread, by its CPU time.
final class MeterCost {
    private MeterCost() {}

    static void report(PrintStream out, int rounds) {
        try (Workers workers = new Workers(1)) {
            for (int size : new int[] {64, 512}) {
                report(out, rounds, size, workers);
            }
        }
    }

    private static void report(PrintStream out, int rounds, int size, Workers workers) {
        ProductTimer timer = new ProductTimer(size, size, size);
        ProductTimer.Product on = product(size, new MatrixProduct(Kernels.best(), workers, Meter.counting(1)));
        ProductTimer.Product off = product(size, new MatrixProduct(Kernels.best(), workers, Meter.off()));
        List<Double> ratios = new ArrayList<>();
        double[] best = new double[2];
        for (int round = 0; round < 3 * rounds; round++) {
            double counted = timer.gigaflopsPerSecond(on, 1);
            double uncounted = timer.gigaflopsPerSecond(off, 1);
            ratios.add(uncounted / counted);
            best[0] = Math.max(best[0], counted);
            best[1] = Math.max(best[1], uncounted);
        }
        Collections.sort(ratios);
        out.printf(
                "meter    %d x %d x %d: time with it / without it: median of %d pairs %.3f, quartiles %.3f to %.3f, of the bests %.3f%n",
                size,
                size,
                size,
                ratios.size(),
                ratios.get(ratios.size() / 2),
                ratios.get(ratios.size() / 4),
                ratios.get(ratios.size() * 3 / 4),
                best[1] / best[0]);
    }

    private static ProductTimer.Product product(int size, MatrixProduct product) {
        return (left, right, target) -> product.multiply(
                Matrix.of(left, size, size),
                Matrix.of(right, size, size),
                Matrix.of(target, size, size),
                Update.ASSIGN);
    }
}
