package dev.plimsoll.benchmarks;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.MatrixProduct;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Our matrix product beside OpenBLAS's, by turns, shape by shape.
///
/// Arguments: rounds, then the command that starts [OpenBlasPeer].
public final class MatrixProductAgainstOpenBlas implements AutoCloseable {
    private record Shape(int m, int n, int k) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape(504, 512, 512),
            new Shape(1008, 1024, 1024),
            new Shape(2016, 2048, 2048),
            new Shape(504, 2048, 8192),
            new Shape(504, 8192, 2048),
            new Shape(28, 2048, 2048));

    /// After its turn the peer's threads spin for some tens of milliseconds.
    private static final int MILLISECONDS_UNTIL_QUIET = 80;

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter questions;
    private final int rounds;

    private MatrixProductAgainstOpenBlas(int rounds, List<String> command) throws IOException {
        this.rounds = rounds;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> command = List.of(arguments).subList(1, arguments.length);
        try (MatrixProductAgainstOpenBlas run =
                new MatrixProductAgainstOpenBlas(Integer.parseInt(arguments[0]), command)) {
            run.report();
        }
    }

    private void report() throws IOException, InterruptedException {
        System.out.println("peer     " + answers.readLine());
        System.out.println("ours     " + Kernels.best().name());
        System.out.println("GFLOP/s, best and median of " + rounds
                + " rounds by turns; 1 thread by its CPU time, 2 by the wall clock");
        System.out.printf(
                "%-20s %7s   %15s   %15s   %11s   %s%n",
                "m x n x k", "threads", "ours", "OpenBLAS", "ratio", "ours of the FMA peak");
        for (int threads = 1; threads <= 2; threads++) {
            try (Workers workers = new Workers(threads)) {
                MatrixProduct product = new MatrixProduct(Kernels.best(), workers, Meter.counting(threads));
                for (Shape shape : SHAPES) {
                    compare(product, shape, threads);
                }
            }
        }
        MeterCost.report(System.out, rounds);
    }

    private void compare(MatrixProduct product, Shape shape, int threads) throws IOException, InterruptedException {
        ProductTimer timer = new ProductTimer(shape.m(), shape.n(), shape.k());
        ProductTimer.Product ours = (left, right, target) -> product.multiply(
                Matrix.of(left, shape.m(), shape.k()),
                Matrix.of(right, shape.k(), shape.n()),
                Matrix.of(target, shape.m(), shape.n()),
                Update.ASSIGN);
        List<Double> our = new ArrayList<>();
        List<Double> their = new ArrayList<>();
        double peak = 0;
        for (int round = 0; round < rounds; round++) {
            peak = Math.max(peak, VectorPeak.gigaflopsPerSecond());
            our.add(timer.gigaflopsPerSecond(ours, threads));
            their.add(peer(shape, threads, timer.checksum()));
            Thread.sleep(threads == 1 ? 0 : MILLISECONDS_UNTIL_QUIET);
        }
        Collections.sort(our);
        Collections.sort(their);
        double ourBest = our.getLast();
        double theirBest = their.getLast();
        double ourMedian = our.get(rounds / 2);
        double theirMedian = their.get(rounds / 2);
        System.out.printf(
                "%-20s %7d   %7.0f %7.0f   %7.0f %7.0f   %5.2f %5.2f   %.2f of %.0f%n",
                "%d x %d x %d".formatted(shape.m(), shape.n(), shape.k()),
                threads,
                ourBest,
                ourMedian,
                theirBest,
                theirMedian,
                ourBest / theirBest,
                ourMedian / theirMedian,
                ourBest / (threads * peak),
                threads * peak);
    }

    /// The peer's speed; both results must agree.
    private double peer(Shape shape, int threads, double checksum) throws IOException {
        questions.println("%d %d %d %d".formatted(shape.m(), shape.n(), shape.k(), threads));
        String[] answer = answers.readLine().split(" ", -1);
        double difference = Math.abs(Double.parseDouble(answer[1]) - checksum);
        if (difference > 1e-3 * Math.sqrt((double) shape.m() * shape.n() * shape.k())) {
            throw new IllegalStateException(shape + ": the sums of the results differ by " + difference);
        }
        return Double.parseDouble(answer[0]);
    }

    @Override
    public void close() {
        questions.close();
        process.destroy();
    }
}
