package dev.plimsoll.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;

/// Times one shape of product, in the same way on either side.
///
/// With one thread by that thread's CPU time, which other processes hardly change; with more by the wall clock.
final class ProductTimer {
    /// A product of `left [m, k]` and `right [k, n]` into `target [m, n]`, all row after row.
    @FunctionalInterface
    interface Product {
        void multiply(float[] left, float[] right, float[] target);
    }

    /// Work in one measurement, in FLOP: about a tenth of a second, so that what waking a thread costs after a pause does
    /// not show. In a training step one product follows another.
    private static final double LEAST_WORK = 2e10;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final int m;
    private final int n;
    private final int k;
    private final float[] left;
    private final float[] right;
    private final float[] target;

    ProductTimer(int m, int n, int k) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.left = new float[m * k];
        this.right = new float[k * n];
        this.target = new float[m * n];
        Random random = new Random(1);
        for (float[] values : Arrays.asList(left, right)) {
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
        }
    }

    /// The speed of one measurement, in GFLOP/s, after one product that is not measured.
    double gigaflopsPerSecond(Product product, int threads) {
        double flops = 2.0 * m * n * k;
        int repetitions = (int) Math.max(1, Math.round(LEAST_WORK / flops));
        product.multiply(left, right, target);
        long start = clock(threads);
        for (int i = 0; i < repetitions; i++) {
            product.multiply(left, right, target);
        }
        return flops * repetitions / (clock(threads) - start);
    }

    /// The result's elements added up, by which the two sides are compared.
    double checksum() {
        double sum = 0;
        for (float value : target) {
            sum += value;
        }
        return sum;
    }

    private static long clock(int threads) {
        return threads == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
