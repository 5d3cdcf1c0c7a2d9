package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluatorTest {
    private static final int[] TOKENS = {3, 1, 4, 1, 5, 9};
    private static final int[] TARGETS = {1, 4, 1, 5, 9, 2};
    private static final TrainingExecution TRAINING =
            TrainingExecution.of(Precision.FULL, new AttentionKernel.Materialised());

    private final Memory memory = new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.POISON);
    private final Workers workers = new Workers(2);
    private final Machine machine = Machine.of(Kernels.best(), workers, Meter.counting(2), memory);

    @AfterEach
    void end() {
        workers.close();
    }

    static Iterable<Transformer> models() {
        return TinyModels.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsGiveTheLossThatTrainingSees(Transformer model) {
        Batch batch = Batch.of(new int[][] {TOKENS}, new int[][] {TARGETS});
        TrainingProgram training = TrainingProgram.of(model, TRAINING);
        float loss;
        try (Trainer trainer = Trainer.start(
                "tiny", training, new Optimizer.GradientDescent(0.1), new RandomParameters(5), machine, 0)) {
            loss = trainer.step(batch);
        }
        try (Evaluator evaluator = start(model)) {
            // Sums of f32 in another order.
            assertThat(meanLoss(evaluator.run(batch))).isCloseTo(loss, within(1e-5));
            assertThat(evaluator.observation().allocated())
                    .noneMatch(tensor -> tensor.category() == Category.SAVED_ACTIVATION);
            assertThat(evaluator.observation().states())
                    .isNotEmpty()
                    .allMatch(tensor -> tensor.category() == Category.PARAMETER);
        }
        assertThat(memory.held(Category.PARAMETER)).isEqualTo(Bytes.ZERO);
        assertThat(memory.held(Category.TEMPORARY)).isEqualTo(Bytes.ZERO);
    }

    private Evaluator start(Transformer model) {
        TrainingProgram program = TrainingProgram.of(model, TRAINING.withTrained(Trained.NOTHING));
        return Evaluator.start("tiny", program, new RandomParameters(5), machine);
    }

    /// The mean of `log(sum(exp(x))) - x[target]`.
    private static double meanLoss(float[] logits) {
        int vocabulary = logits.length / TARGETS.length;
        double sum = 0;
        for (int token = 0; token < TARGETS.length; token++) {
            double exponentials = 0;
            for (int i = 0; i < vocabulary; i++) {
                exponentials += Math.exp(logits[token * vocabulary + i]);
            }
            sum += Math.log(exponentials) - logits[token * vocabulary + TARGETS[token]];
        }
        return sum / TARGETS.length;
    }

    @Test
    void aProgramThatTrainsSomethingIsNoEvaluation() {
        TrainingProgram training = TrainingProgram.of(TinyModels.gpt2(), TRAINING);
        assertThatThrownBy(() -> Evaluator.start("tiny", training, new RandomParameters(5), machine))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EVERYTHING");
    }
}
