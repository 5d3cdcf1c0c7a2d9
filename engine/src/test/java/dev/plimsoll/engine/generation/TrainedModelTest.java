package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.engine.training.Trainer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainedModelTest {
    private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6, 5};

    static List<Transformer> models() {
        return TinyModels.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsOverACacheGiveTheLossThatTrainingSees(Transformer transformer) {
        TrainingExecution execution = TrainingExecution.of(Precision.FULL, new AttentionKernel.Tiled(2, 3));
        TrainingProgram program = TrainingProgram.of(transformer, execution);
        int[] inputs = Arrays.copyOf(TEXT, TEXT.length - 1);
        int[] targets = Arrays.copyOfRange(TEXT, 1, TEXT.length);
        Batch batch = Batch.of(new int[][] {inputs}, new int[][] {targets});
        try (Workers workers = new Workers(1)) {
            Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), Memory.unlimited());
            Optimizer optimizer = new Optimizer.GradientDescent(0.5);
            try (Trainer trainer = Trainer.start("tiny", program, optimizer, new RandomParameters(2), machine, 0)) {
                for (int step = 0; step < 3; step++) {
                    double expected = meanLoss(transformer, HeldWeights.of(trainer.parameters()), machine, targets);
                    // Sums of f32 in another order.
                    assertThat((double) trainer.step(batch)).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    private static double meanLoss(Transformer transformer, Weights weights, Machine machine, int[] targets) {
        GenerationOptions options = GenerationOptions.of(Precision.FULL, new CacheLayout.Paged(2));
        TextModel model = new TextModel(InferenceProgram.of(transformer), weights, machine, options);
        Sequence sequence = model.start();
        double sum = 0;
        for (int token = 0; token < targets.length; token++) {
            float[] logits = model.feed(List.of(new Feed(sequence, List.of(TEXT[token]))), After.NEWEST)
                    .logits()
                    .newest(0);
            double all = IntStream.range(0, logits.length)
                    .mapToDouble(i -> Math.exp(logits[i]))
                    .sum();
            sum += Math.log(all) - logits[targets[token]];
        }
        return sum / targets.length;
    }
}
