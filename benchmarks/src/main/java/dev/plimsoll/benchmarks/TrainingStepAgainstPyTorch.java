package dev.plimsoll.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.engine.training.Trainer;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Our training step of GPT-2 small's shape beside PyTorch's, by turns: batch 1, 512 tokens, f32, AdamW, two threads.
///
/// Arguments: rounds, then the command that starts the peer; without a command ours alone, for a profiler.
public final class TrainingStepAgainstPyTorch {
    private static final int TOKENS = 512;
    private static final int VOCABULARY = 50_257;
    private static final int THREADS = 2;
    /// Steps until the compiler is done.
    private static final int WARM_UP = 4;

    /// One step, in seconds.
    ///
    /// @param gradients wall time of the forward and backward pass alone
    private record Time(double wall, double cpu, float loss, double gradients) {}

    private final Batch batch;

    private TrainingStepAgainstPyTorch() {
        int[] numbers = new int[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            numbers[i] = (int) ((i * 7919L + 13) % VOCABULARY);
        }
        this.batch = Batch.of(new int[][] {numbers}, new int[][] {numbers});
    }

    public static void main(String[] arguments) throws IOException {
        int rounds = Integer.parseInt(arguments[0]);
        List<String> command = List.of(arguments).subList(1, arguments.length);
        AttentionKernel attention = new AttentionKernel.Tiled(128, 128);
        new TrainingStepAgainstPyTorch().run(attention, rounds, command);
    }

    private void run(AttentionKernel attention, int rounds, List<String> command) throws IOException {
        Config config = new Config("gpt2", Catalogue.find("gpt2").orElseThrow().config());
        TrainingProgram program =
                TrainingProgram.of(Families.describe(config), TrainingExecution.of(Precision.FULL, attention));
        try (Workers workers = new Workers(THREADS)) {
            Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), Memory.unlimited());
            Optimizer optimizer = new Optimizer.AdamW(1e-4, 0.01);
            try (Trainer trainer = Trainer.start("gpt2", program, optimizer, new RandomParameters(1), machine, 1)) {
                System.out.println("ours     " + Kernels.best().name() + ", attention " + attention);
                if (command.isEmpty()) {
                    alone(trainer, rounds);
                } else {
                    compare(trainer, rounds, command);
                }
            }
        }
    }

    private void alone(Trainer trainer, int rounds) {
        for (int round = 0; round < rounds; round++) {
            Time time = time(trainer);
            System.out.printf("%6.3f s wall, %6.3f s CPU, loss %.4f%n", time.wall(), time.cpu(), time.loss());
        }
    }

    private void compare(Trainer trainer, int rounds, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true)) {
            System.out.println("peer     " + answers.readLine());
            List<Time> ours = new ArrayList<>();
            List<Time> theirs = new ArrayList<>();
            for (int round = 0; round < WARM_UP + rounds; round++) {
                Time our = time(trainer);
                questions.println("step");
                Time their = parse(answers.readLine());
                System.out.printf(
                        "%-8s ours %6.3f s wall %6.3f s CPU, loss %.3f;  PyTorch %6.3f s wall %6.3f s CPU, loss %.3f%n",
                        round < WARM_UP ? "warm-up" : "round",
                        our.wall(),
                        our.cpu(),
                        our.loss(),
                        their.wall(),
                        their.cpu(),
                        their.loss());
                if (round >= WARM_UP) {
                    ours.add(our);
                    theirs.add(their);
                }
            }
            report("wall", Time::wall, ours, theirs);
            report("CPU", Time::cpu, ours, theirs);
            report("gradients", Time::gradients, ours, theirs);
        } finally {
            process.destroy();
        }
    }

    private static void report(String clock, ToDoubleFunction<Time> of, List<Time> ours, List<Time> theirs) {
        List<Double> our = ours.stream().map(of::applyAsDouble).sorted().toList();
        List<Double> their = theirs.stream().map(of::applyAsDouble).sorted().toList();
        int middle = our.size() / 2;
        System.out.printf(
                "%-10s ours %.3f best, %.3f median;  PyTorch %.3f best, %.3f median;  speed ratio %.2f best, %.2f median%n",
                clock,
                our.getFirst(),
                our.get(middle),
                their.getFirst(),
                their.get(middle),
                their.getFirst() / our.getFirst(),
                their.get(middle) / our.get(middle));
    }

    private Time time(Trainer trainer) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long start = System.nanoTime();
        trainer.gradients(List.of(batch));
        long wall = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        float loss = trainer.step(batch);
        return new Time(
                (System.nanoTime() - wall) / 1e9, (system.getProcessCpuTime() - cpu) / 1e9, loss, (wall - start) / 1e9);
    }

    private static Time parse(String answer) {
        String[] numbers = answer.split(" ", -1);
        return new Time(
                Double.parseDouble(numbers[0]) / 1e9,
                Double.parseDouble(numbers[1]) / 1e9,
                Float.parseFloat(numbers[2]),
                (Double.parseDouble(numbers[0]) - Double.parseDouble(numbers[3])) / 1e9);
    }
}
