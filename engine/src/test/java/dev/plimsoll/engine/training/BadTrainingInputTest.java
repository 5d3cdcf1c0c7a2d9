package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What a training refuses, and that nothing is half done then.
class BadTrainingInputTest {
    private static final Workers WORKERS = new Workers(1);

    @AfterAll
    static void stop() {
        WORKERS.close();
    }

    @Test
    void parametersOfOtherDimensions() {
        refusedStart(
                place -> new ParameterSource.Given(List.of(3L), new float[3]),
                "embedding.tokens.weight: found the dimensions [3], expected [11, 12]");
    }

    @Test
    void parametersThatAreNoNumbers() {
        refusedStart(
                place -> {
                    ParameterSource.Given given = Lab.lively(place);
                    if (place.name().equals("text.2/attention.key.weight")) {
                        given.elements()[5] = Float.NaN;
                    }
                    return given;
                },
                "text.2/attention.key.weight: found NaN as element 5, expected finite numbers");
    }

    @Test
    void parametersThatAreMissing() {
        refusedStart(
                place -> {
                    if (place.name().equals("head.weight")) {
                        throw InputException.unreadable("model.safetensors: found no head.weight", "Give it.");
                    }
                    return Lab.lively(place);
                },
                "model.safetensors: found no head.weight");
    }

    private static void refusedStart(ParameterSource source, String message) {
        Machine machine = Lab.machine(Kernels.best(), WORKERS);
        TrainingProgram program = TrainingProgram.of(TinyModels.llama(), Lab.PLAIN);
        refused(() -> Trainer.start("llama", program, Lab.DESCENT, source, machine, 1), message);
        assertThat(machine.memory().held(Category.PARAMETER)).isEqualTo(Bytes.ZERO);
        assertThat(machine.memory().held(Category.GRADIENT)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void moreMemoryThanThereIs() {
        Memory memory = new Memory(new Bytes(5000), AfterRelease.POISON);
        Machine machine = Machine.of(Kernels.best(), WORKERS, Meter.off(), memory);
        TrainingProgram program = TrainingProgram.of(TinyModels.llama(), Lab.PLAIN);
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> Trainer.start("llama", program, Lab.DESCENT, Lab::lively, machine, 1))
                .withMessageMatching(
                        "tensor text.1/.*: needs .* more than the .* held, expected at most 4.88 KiB in all");
        assertThat(memory.held(Category.PARAMETER)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void nothingToTrain() {
        TrainingProgram program = TrainingProgram.of(TinyModels.llama(), Lab.PLAIN.withTrained(Trained.ADAPTERS));
        refused(
                () -> Lab.trainer(program, Kernels.best(), WORKERS),
                "tiny: found no trained parameter, expected at least one");
    }

    @Test
    void sequencesOfUnequalLengths() {
        refused(
                () -> Batch.of(new int[][] {{1, 2}, {3}}, new int[][] {{1, 2}, {3}}),
                "batch: found 1 tokens in sequence 1, expected 2 as in the first");
        refused(
                () -> Batch.of(new int[][] {{1, 2}}, new int[][] {{1, 2}, {3, 4}}),
                "batch: found 2 rows of targets for 1 sequences");
        refused(
                () -> Batch.of(new int[][] {}, new int[][] {}),
                "batch: found 0 sequences of 0 tokens, expected at least one of each");
        refused(
                () -> new Batch(2, 3, Map.of("tokens", new int[5]), Map.of()),
                "batch: found 5 tokens, expected 6, for 2 sequences of 3 tokens");
    }

    @Test
    void numbersOfTokensAndPositionsThatThereAreNot() {
        refusedBatch(
                TinyModels.gpt2(),
                Batch.of(new int[][] {{1, 11}}, new int[][] {{1, 2}}),
                "batch: tokens: found the number 11, expected 0 to 10");
        refusedBatch(
                TinyModels.gpt2(),
                Batch.of(new int[][] {{1, 2}}, new int[][] {{-100, 2}}),
                "batch: targets: found the number -100, expected 0 to 10");
        refusedBatch(TinyModels.gpt2(), Lab.batch(1, 10, 1), "batch: positions: found the number 9, expected 0 to 8");
        refusedBatch(
                TinyModels.gpt2(),
                new Batch(1, 1, Map.of("tokens", new int[1], "targets", new int[1]), Map.of()),
                "batch: found no positions, expected one for each token");
    }

    @Test
    void expertsThatThereAreNot() {
        Batch batch = Lab.batch(1, 2, 1);
        refusedBatch(
                TinyModels.gptOss(),
                batch.withGivenExperts("text.1/router", new int[3]),
                "batch: found 3 experts for text.1/router, expected 4");
        refusedBatch(
                TinyModels.gptOss(),
                batch.withGivenExperts("text.1/router", new int[] {0, 1, 2, 5}),
                "batch: experts for text.1/router: found the number 5, expected 0 to 4");
    }

    private static void refusedBatch(Transformer model, Batch batch, String message) {
        try (Trainer trainer = Lab.trainer(model, Lab.PLAIN, WORKERS)) {
            float[] before = Lab.floats(
                    trainer.parameters().get("embedding.tokens.weight").weight());
            refused(() -> trainer.step(batch), message);
            assertThat(Lab.floats(
                            trainer.parameters().get("embedding.tokens.weight").weight()))
                    .isEqualTo(before);
        }
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatExceptionOfType(InputException.class).isThrownBy(call).withMessage(message);
    }
}
