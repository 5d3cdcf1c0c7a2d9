package dev.plimsoll.examples;

import dev.plimsoll.engine.checkpoint.SavedModel;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.engine.training.Trainer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Trains a model of some 150,000 parameters to predict the next byte of a synthetic text, and saves it.
///
/// No text is seen twice, so the loss of a step is also that on texts never seen.
public final class TrainSmallModel implements AutoCloseable {
    static final int STEPS = 1500;
    private static final int SEQUENCES = 16;
    private static final int TOKENS = SmallLlama.TOKENS;
    /// Steps over which a loss is averaged.
    private static final int RECENT = 50;
    private static final long SEED = 1;

    private final HarbourText text = new HarbourText(SEED);
    private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
    private final Trainer trainer;

    TrainSmallModel() {
        TrainingExecution execution = TrainingExecution.of(Precision.FULL, new AttentionKernel.Materialised());
        TrainingProgram program = TrainingProgram.of(SmallLlama.description(), execution);
        Optimizer optimizer = new Optimizer.AdamW(2e-3, 0.9, 0.99, 1e-8, 0.01);
        Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), Memory.unlimited());
        this.trainer = Trainer.start("small llama", program, optimizer, new RandomParameters(SEED), machine, SEED);
    }

    /// @param arguments the folder to save to
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: TrainSmallModel FOLDER");
            return;
        }
        Path folder = Path.of(arguments[0]);
        try (TrainSmallModel example = new TrainSmallModel()) {
            System.out.printf(Locale.ROOT, "the text holds at least %.3f nats a byte%n", HarbourText.entropy());
            long start = System.nanoTime();
            double loss = example.train(STEPS);
            System.out.printf(
                    Locale.ROOT, "loss %.3f after %,d steps, %.0f s%n", loss, STEPS, (System.nanoTime() - start) / 1e9);
            example.save(folder);
            System.out.println("saved to " + folder);
        }
    }

    /// @return the mean loss of the last steps, in nats a byte
    double train(int steps) {
        double[] losses = new double[steps];
        ProgressBar progress = ProgressBar.of(steps);
        for (int step = 0; step < steps; step++) {
            losses[step] = trainer.step(batch(step));
            progress.show(step + 1, recent(losses, step + 1));
        }
        return recent(losses, steps);
    }

    /// Texts that no other step sees; each byte's target is the one behind it.
    private Batch batch(int step) {
        int[][] tokens = new int[SEQUENCES][];
        int[][] targets = new int[SEQUENCES][];
        for (int i = 0; i < SEQUENCES; i++) {
            int[] bytes = text.tokens((long) step * SEQUENCES + i, TOKENS + 1);
            tokens[i] = Arrays.copyOfRange(bytes, 0, TOKENS);
            targets[i] = Arrays.copyOfRange(bytes, 1, TOKENS + 1);
        }
        return Batch.of(tokens, targets);
    }

    private static double recent(double[] losses, int steps) {
        return Arrays.stream(losses, Math.max(0, steps - RECENT), steps)
                .average()
                .orElseThrow();
    }

    void save(Path folder) {
        SavedModel.write(folder, SmallLlama.CONFIG, trainer.parameters());
    }

    Trainer trainer() {
        return trainer;
    }

    @Override
    public void close() {
        trainer.close();
        workers.close();
    }
}
