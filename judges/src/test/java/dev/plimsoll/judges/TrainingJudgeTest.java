package dev.plimsoll.judges;

import static dev.plimsoll.judges.Agreement.largest;
import static dev.plimsoll.judges.Agreement.largestDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.HeldParameter;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.engine.training.Trainer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Losses, gradients and AdamW's updates of small models: our engine against PyTorch on the same parameters.
///
/// Both sides compute in f32, where a sum of some 10^2 products is rounded by about 1e-6 of its size; 1e-4 leaves room for
/// what a sum's order and a function's approximation add, and none for a wrong formula. A gradient's difference is
/// measured by the largest element of its tensor, a change's by the learning rate, which is a whole step of AdamW's.
@Tag("slow")
class TrainingJudgeTest {
    private static final double TOLERANCE = 1e-4;
    /// Of the model's largest gradient; what is below is rounding. The gradient of GPT-2's key bias is exactly zero: it
    /// adds the same number to all scores of a query.
    private static final double NOTHING = 1e-6;

    private static final long SEED = 11;
    private static final int SEQUENCES = 2;
    private static final int LENGTH = 11;
    private static final int STEPS = 4;
    /// An epsilon of a size that shows where it stands, and that keeps a gradient of rounding alone from a whole step.
    private static final Optimizer.AdamW ADAM_W = new Optimizer.AdamW(0.01, 0.9, 0.99, 1e-2, 0.1);

    @BeforeAll
    static void onlyWhereItsPyTorchRuns() {
        assumeThat(System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                .as("PyTorch is fetched for Linux on x86-64 alone")
                .isEqualTo("Linux amd64");
    }

    static Stream<Arguments> modelsAndKernels() {
        // Tiles of 4 x 3 do not divide 11 x 11 tokens.
        return Stream.of(JudgedModel.values())
                .flatMap(model -> Stream.of(new AttentionKernel.Materialised(), new AttentionKernel.Tiled(4, 3))
                        .map(kernel -> Arguments.of(model, kernel)));
    }

    @ParameterizedTest
    @MethodSource("modelsAndKernels")
    void theLossAndEveryGradientAreThoseOfPyTorch(JudgedModel model, AttentionKernel kernel) {
        TrainingProgram program = program(model, kernel);
        Map<String, Parameters.Values> values = Parameters.random(program, SEED);
        Text text = Text.random(SEED);
        try (Workers workers = new Workers(2);
                Trainer trainer = trainer(program, values, workers);
                Torch torch = new Torch(values)) {
            float loss = trainer.gradients(List.of(text.batch()));
            assertThat(loss).as("loss").isCloseTo(backward(model, torch, text), withinPercentage(100 * TOLERANCE));
            double rounding = NOTHING * largestGradient(torch);
            for (HeldParameter held : trainer.parameters().all()) {
                String name = held.place().parameter().name();
                float[] theirs = torch.parameter(name).getGradient().toFloatArray();
                assertThat(largestDifference(gradient(held), theirs))
                        .as("gradient of %s, seed %d", name, SEED)
                        .isLessThan(TOLERANCE * largest(theirs) + rounding);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void stepsOfAdamWChangeEveryParameterAsInPyTorch(JudgedModel model) {
        TrainingProgram program = program(model, new AttentionKernel.Materialised());
        Map<String, Parameters.Values> values = Parameters.random(program, SEED);
        try (Workers workers = new Workers(2);
                Trainer trainer = trainer(program, values, workers);
                Torch torch = new Torch(values);
                TorchAdamW optimizer = new TorchAdamW(ADAM_W)) {
            for (int step = 1; step <= STEPS; step++) {
                Text text = Text.random(SEED + step);
                float theirLoss = backward(model, torch, text);
                optimizer.step(torch.parameters());
                assertThat(trainer.step(text.batch()))
                        .as("loss before step %d", step)
                        .isCloseTo(theirLoss, withinPercentage(100 * TOLERANCE));
            }
            for (HeldParameter held : trainer.parameters().all()) {
                String name = held.place().parameter().name();
                float[] before = Objects.requireNonNull(values.get(name)).elements();
                float[] ours = change(before, held.weight().floats());
                float[] theirs = change(before, torch.parameter(name).toFloatArray());
                assertThat(largestDifference(ours, theirs))
                        .as("change of %s in %d steps, seed %d", name, STEPS, SEED)
                        .isLessThan(TOLERANCE * STEPS * ADAM_W.learningRate());
            }
        }
    }

    private static TrainingProgram program(JudgedModel model, AttentionKernel kernel) {
        return TrainingProgram.of(model.described(), TrainingExecution.of(Precision.FULL, kernel));
    }

    /// In checking mode: what is read after its release is NaN.
    private static Trainer trainer(TrainingProgram program, Map<String, Parameters.Values> values, Workers workers) {
        Memory memory = new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.POISON);
        Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), memory);
        ParameterSource source = place -> {
            Parameters.Values found =
                    Objects.requireNonNull(values.get(place.parameter().name()));
            return new ParameterSource.Given(
                    place.parameter().fileDimensions(), found.elements().clone());
        };
        return Trainer.start("judged", program, ADAM_W, source, machine, SEED);
    }

    /// Leaves gradients in the parameters, and gives the loss.
    private static float backward(JudgedModel model, Torch torch, Text text) {
        try (GradientCollector collector = Torch.engine().newGradientCollector()) {
            collector.zeroGradients();
            NDArray loss = model.inTorch().loss(torch, torch.indices(text.tokens()), torch.indices(text.targets()));
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static float[] gradient(HeldParameter held) {
        return held.trained().orElseThrow().gradient().floats();
    }

    private static double largestGradient(Torch torch) {
        return torch.parameters().values().stream()
                .mapToDouble(parameter -> largest(parameter.getGradient().toFloatArray()))
                .max()
                .orElseThrow();
    }

    private static float[] change(float[] before, float[] after) {
        float[] change = new float[before.length];
        for (int i = 0; i < change.length; i++) {
            change[i] = after[i] - before[i];
        }
        return change;
    }

    /// Tokens drawn at random, and targets drawn as well.
    @SuppressWarnings("ArrayRecordComponent") // what is handed to both sides
    private record Text(int[][] tokens, int[][] targets) {
        static Text random(long seed) {
            Random random = new Random(seed);
            return new Text(rows(random), rows(random));
        }

        private static int[][] rows(Random random) {
            int[][] rows = new int[SEQUENCES][];
            for (int row = 0; row < SEQUENCES; row++) {
                rows[row] = random.ints(LENGTH, 0, JudgedModel.VOCABULARY).toArray();
            }
            return rows;
        }

        Batch batch() {
            return Batch.of(tokens, targets);
        }
    }
}
