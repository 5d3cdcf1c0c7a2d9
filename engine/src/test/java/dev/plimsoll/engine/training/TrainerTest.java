package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
    private static final Workers WORKERS = new Workers(2);
    private static final DropoutRates DROPOUT = new DropoutRates(0.1, 0.2, 0.1);

    @AfterAll
    static void stop() {
        WORKERS.close();
    }

    static Stream<Transformer> models() {
        return TinyModels.all().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheSameBitsAtAnyNumberOfThreads(Transformer model) {
        TrainingExecution execution =
                TrainingExecution.of(Precision.MIXED_20, Lab.TILED).withDropout(DROPOUT);
        Map<String, float[]> alone = gradientsOnThreads(model, execution, 1);
        assertThat(Lab.sameBits(alone, gradientsOnThreads(model, execution, 2))).isTrue();
        assertThat(Lab.sameBits(alone, gradientsOnThreads(model, execution, 3))).isTrue();
    }

    private static Map<String, float[]> gradientsOnThreads(
            Transformer model, TrainingExecution execution, int threads) {
        try (Workers workers = new Workers(threads);
                Trainer trainer = Lab.trainer(model, execution, workers)) {
            return Lab.gradients(trainer, Lab.batch(3, 7, 1));
        }
    }

    /// What is run again is rounded and drawn as the first time.
    @ParameterizedTest
    @MethodSource("models")
    void gradientsFromWhatIsMadeAgainAreThoseFromWhatIsKept(Transformer model) {
        for (Precision precision : List.of(Precision.FULL, Precision.MIXED_16)) {
            TrainingExecution keeps =
                    TrainingExecution.of(precision, Lab.WRITTEN_OUT).withDropout(DROPOUT);
            Map<String, float[]> expected = gradients(model, keeps);
            for (Piece piece : Piece.values()) {
                TrainingExecution again = keeps.withRecomputation(Recomputation.everywhere(piece));
                assertThat(Lab.sameBits(expected, gradients(model, again)))
                        .as(precision.name() + " " + piece)
                        .isTrue();
            }
        }
    }

    private static Map<String, float[]> gradients(Transformer model, TrainingExecution execution) {
        try (Trainer trainer = Lab.trainer(model, execution, WORKERS)) {
            Map<String, float[]> gradients = Lab.gradients(trainer, Lab.batch(2, 5, 2));
            assertThat(trainer.observation().neverRead()).isEmpty();
            return gradients;
        }
    }

    /// The mean over two halves of a batch is that over the whole, but for the order of the sums.
    @Test
    void twoMicroBatchesAreOneBatch() {
        Batch whole = Lab.batch(4, 5, 3);
        Batch first = Lab.batch(2, 5, 3);
        try (Trainer trainer = Lab.trainer(TinyModels.llama(), Lab.PLAIN, WORKERS)) {
            Map<String, float[]> expected = Lab.gradients(trainer, whole);
            Map<String, float[]> found = Lab.gradients(trainer, first, lastTwo(whole));
            expected.forEach((name, gradient) -> {
                float[] other = Objects.requireNonNull(found.get(name));
                for (int i = 0; i < gradient.length; i++) {
                    assertThat(other[i]).as(name).isCloseTo(gradient[i], within(1e-6f));
                }
            });
        }
    }

    private static Batch lastTwo(Batch batch) {
        Map<String, int[]> inputs = new LinkedHashMap<>();
        batch.inputs().forEach((name, numbers) -> {
            int[] half = new int[numbers.length / 2];
            System.arraycopy(numbers, numbers.length - half.length, half, 0, half.length);
            inputs.put(name, half);
        });
        return new Batch(batch.sequences() / 2, batch.tokens(), inputs, Map.of());
    }

    /// Of the same model with a head of its own that has the table's numbers, the sum of both gradients.
    @Test
    void aTiedTableGetsTheSumOfBothGradients() {
        Map<String, float[]> tied = gradients(TinyModels.gpt2(HeadRecipe.Weights.TIED), Lab.PLAIN);
        TrainingProgram program = TrainingProgram.of(TinyModels.gpt2(HeadRecipe.Weights.OWN), Lab.PLAIN);
        ParameterSource source =
                place -> Lab.lively(place.name().equals("head.weight") ? table(place.parameter()) : place);
        try (Trainer trainer =
                Trainer.start("own", program, Lab.DESCENT, source, Lab.machine(Kernels.best(), WORKERS), 7)) {
            Map<String, float[]> own = Lab.gradients(trainer, Lab.batch(2, 5, 2));
            float[] table = Objects.requireNonNull(own.get(EmbeddingRecipe.TABLE));
            float[] head = Objects.requireNonNull(own.get("head.weight"));
            float[] both = Objects.requireNonNull(tied.get(EmbeddingRecipe.TABLE));
            for (int i = 0; i < both.length; i++) {
                assertThat(both[i]).isCloseTo(table[i] + head[i], within(1e-6f));
            }
        }
    }

    private static ParameterPlace table(Parameter head) {
        return new ParameterPlace(
                "text.0",
                0,
                new Parameter(
                        EmbeddingRecipe.TABLE, head.groups(), Parameter.Kind.TABLE, head.sharing(), TensorNames.NONE));
    }

    @Test
    void adaptersChangeAndTheRestStaysFrozen() {
        TrainingExecution execution = Lab.PLAIN.withTrained(Trained.ADAPTERS);
        LowRankAdaptation adaptation = new LowRankAdaptation(3, 6, Set.of(Role.QUERY_KEY_VALUE));
        TrainingProgram program = TrainingProgram.of(TinyModels.llama(), execution, Optional.of(adaptation));
        try (Trainer trainer = Lab.trainer(program, Kernels.best(), WORKERS)) {
            Map<String, float[]> before = weights(trainer);
            trainer.step(Lab.batch(2, 5, 2));
            assertThat(trainer.observation().neverRead()).isEmpty();
            weights(trainer)
                    .forEach((name, weight) -> assertThat(
                                    Arrays.equals(weight, Objects.requireNonNull(before.get(name))))
                            .as(name)
                            .isEqualTo(!name.contains(".lora_")));
            assertThat(trainer.parameters().all().stream()
                            .filter(parameter -> parameter.trained().isPresent()))
                    .hasSize(2 * 3 * 2); // layers, queries and keys and values, matrices
        }
    }

    private static Map<String, float[]> weights(Trainer trainer) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        trainer.parameters()
                .all()
                .forEach(parameter -> weights.put(parameter.place().name(), Lab.floats(parameter.weight())));
        return weights;
    }

    static Stream<Arguments> recipes() {
        return Stream.of(
                        new Optimizer.GradientDescent(0.5),
                        new Optimizer.Momentum(0.1, 0.9),
                        new Optimizer.Adam(0.01),
                        new Optimizer.AdamW(0.01, 0.01))
                .flatMap(
                        optimizer -> Precision.presets().stream().map(precision -> Arguments.of(optimizer, precision)));
    }

    /// One batch, over and over: from ln 11 = 2.4, that of knowing nothing, to less than half.
    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void theLossFalls(Optimizer optimizer, Precision precision) {
        TrainingProgram program =
                TrainingProgram.of(TinyModels.gpt2(), TrainingExecution.of(precision, Lab.WRITTEN_OUT));
        Machine machine = Lab.machine(Kernels.best(), WORKERS);
        try (Trainer trainer = Trainer.start("gpt2", program, optimizer, new RandomParameters(1), machine, 1)) {
            Batch batch = Lab.batch(2, 5, 8);
            assertThat(trainer.step(batch)).isCloseTo((float) Math.log(TinyModels.VOCABULARY), within(0.05f));
            for (int step = 0; step < 60; step++) {
                trainer.step(batch);
            }
            assertThat(trainer.step(batch)).isLessThan(1.2f);
        }
    }

    @Test
    void aSecondTrainingWithTheSameSeedIsTheSame() {
        TrainingExecution execution = Lab.PLAIN.withDropout(DROPOUT);
        try (Trainer first = Lab.trainer(TinyModels.bert(), execution, WORKERS);
                Trainer second = Lab.trainer(TinyModels.bert(), execution, WORKERS)) {
            for (int step = 0; step < 3; step++) {
                assertThat(first.step(Lab.batch(2, 5, step))).isEqualTo(second.step(Lab.batch(2, 5, step)));
            }
            assertThat(Lab.sameBits(weights(first), weights(second))).isTrue();
        }
    }
}
