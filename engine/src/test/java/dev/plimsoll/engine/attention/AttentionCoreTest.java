package dev.plimsoll.engine.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.attention.Gradients.Wanted;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionCoreTest {
    private static final long SEED = 20_261_123;
    private static final AttentionKernel ALL_PAIRS = new AttentionKernel.Materialised();

    /// None divides the sizes of the cases; the last is larger than all of them.
    private static final List<AttentionKernel> RUN = List.of(
            ALL_PAIRS,
            new AttentionKernel.Tiled(1, 1),
            new AttentionKernel.Tiled(2, 3),
            new AttentionKernel.Tiled(4, 2),
            new AttentionKernel.Tiled(64, 64));

    static Stream<Arguments> runs() {
        return AttentionCase.all().stream().flatMap(how -> RUN.stream().map(kernel -> Arguments.of(how, kernel)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("runs")
    void outputsAreThoseOfTheTextbook(AttentionCase how, AttentionKernel kernel) {
        float[] output = run(how, kernel, new ScalarKernels(), 1).output();
        double[] expected = naive(how, how.operands(SEED)).output();
        for (int i = 0; i < output.length; i++) {
            // A few roundings to f32 of numbers around 1.
            assertThat((double) output[i]).as("seed %d, element %d", SEED, i).isCloseTo(expected[i], within(2e-6));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("runs")
    void gradientsAreTheSlopesOfTheLoss(AttentionCase how, AttentionKernel kernel) {
        Gradients gradients = run(how, kernel, new ScalarKernels(), 1).gradients();
        NaiveLoss loss = new NaiveLoss(how, how.operands(SEED), how.outputGradient(SEED));
        assertSlopes("query", gradients.query(), loss.slopes(loss.query()));
        assertSlopes("key", gradients.key(), loss.slopes(loss.key()));
        assertSlopes("value", gradients.value(), loss.slopes(loss.value()));
        assertSlopes("sinks", gradients.sinks(), loss.slopes(loss.sinks()));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("runs")
    void vectorKernelsAgreeWithScalarOnes(AttentionCase how, AttentionKernel kernel) {
        AttentionCase.Result scalar = run(how, kernel, new ScalarKernels(), 1);
        AttentionCase.Result best = run(how, kernel, Kernels.best(), 1);
        assertThat(best.output()).as("seed %d", SEED).containsExactly(scalar.output(), within(1e-5f));
        assertThat(best.gradients().query()).containsExactly(scalar.gradients().query(), within(1e-4f));
        assertThat(best.gradients().key()).containsExactly(scalar.gradients().key(), within(1e-4f));
        assertThat(best.gradients().value()).containsExactly(scalar.gradients().value(), within(1e-4f));
        assertThat(best.gradients().sinks()).containsExactly(scalar.gradients().sinks(), within(1e-4f));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("runs")
    void theNumberOfThreadsChangesNoBit(AttentionCase how, AttentionKernel kernel) {
        AttentionCase.Result one = run(how, kernel, Kernels.best(), 1);
        for (int threads = 2; threads <= 3; threads++) {
            AttentionCase.Result more = run(how, kernel, Kernels.best(), threads);
            assertThat(more.output()).as("%d threads", threads).isEqualTo(one.output());
            assertThat(more.gradients().query()).isEqualTo(one.gradients().query());
            assertThat(more.gradients().key()).isEqualTo(one.gradients().key());
            assertThat(more.gradients().value()).isEqualTo(one.gradients().value());
            assertThat(more.gradients().sinks()).isEqualTo(one.gradients().sinks());
        }
    }

    static Stream<Arguments> wanted() {
        return AttentionCase.all().stream()
                .flatMap(how -> Gradients.all(how.operands(SEED)).stream()
                        .flatMap(only -> RUN.stream().map(kernel -> Arguments.of(how, kernel, only))));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("wanted")
    void aGradientIsTheSameWhenNoOtherIsWanted(AttentionCase how, AttentionKernel kernel, Wanted only) {
        Gradients all = run(how, kernel, new ScalarKernels(), 1).gradients();
        Gradients one = gradients(how, kernel, EnumSet.of(only));
        assertThat(array(one, only)).isEqualTo(array(all, only));
    }

    @Test
    void aQueryThatSeesNothingGivesZeros() {
        AttentionCase how = AttentionCase.all().get(1);
        VisibleKeys nothing = VisibleKeys.of(new AttentionMask.SlidingWindow(1), new int[] {9}, new int[] {2});
        for (AttentionKernel kernel : RUN) {
            AttentionTask task = AttentionTask.of(how.operator(), how.sizes(), nothing, kernel, how.dropout());
            float[] output = new float[how.sizes().outputElements()];
            Arrays.fill(output, Float.NaN);
            try (Workers workers = new Workers(1)) {
                new AttentionCore(new ScalarKernels(), workers, Meter.off())
                        .forward(task, how.operands(SEED), output, Findings.NONE);
            }
            assertThat(output).as(kernel.toString()).containsOnly(0);
        }
    }

    @Test
    void slopesAreThoseOfTheirPaper() {
        // Press et al. 2021: 1/2, 1/4 .. 1/256 for eight heads, and every other of sixteen's behind them for more.
        assertThat(ScoreRule.slopes(8))
                .containsExactly(1f / 2, 1f / 4, 1f / 8, 1f / 16, 1f / 32, 1f / 64, 1f / 128, 1f / 256);
        assertThat(ScoreRule.slopes(10)).startsWith(ScoreRule.slopes(8)).endsWith((float) Math.pow(2, -0.5), (float)
                Math.pow(2, -1.5));
    }

    static final List<PositionBias> OTHER_BIASES =
            List.of(new PositionBias.Disentangled(Optional.empty(), Optional.empty()));

    @ParameterizedTest
    @FieldSource("OTHER_BIASES")
    void positionsWithProjectionsAreRefusedByName(PositionBias bias) {
        AttentionCase plain = AttentionCase.all().getFirst();
        AttentionCase how = new AttentionCase(
                "other", plain.sizes(), plain.mask(), plain.scores().withPositions(bias), 0);
        assertThatThrownBy(() -> how.task(ALL_PAIRS))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("disentangled positions are not executed yet");
    }

    @Test
    void chosenTokensAreRefusedByName() {
        AttentionCase plain = AttentionCase.all().getFirst();
        AttentionCase how =
                new AttentionCase("chosen", plain.sizes(), new AttentionMask.Selected(4), plain.scores(), 0);
        assertThatThrownBy(() -> how.task(ALL_PAIRS))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("chosen tokens are not executed yet");
    }

    @Test
    void morePairsThanAnArrayHoldsAreRefusedUnlessTheyAreTiled() {
        AttentionSizes sizes = new AttentionSizes(1, 50_000, 50_000, new HeadSizes(1, 1, 1, 1));
        AttentionCase how = new AttentionCase("long", sizes, new AttentionMask.Causal(), AttentionCase.PLAIN, 0);
        assertThatThrownBy(() -> how.task(ALL_PAIRS))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("found 2500000000 pairs of tokens at once");
        assertThat(how.task(new AttentionKernel.Tiled(128, 128)).sizes()).isEqualTo(sizes);
    }

    private static AttentionCase.Result run(AttentionCase how, AttentionKernel kernel, Kernels kernels, int threads) {
        try (Workers workers = new Workers(threads)) {
            return how.run(new AttentionCore(kernels, workers, Meter.counting(threads)), kernel, SEED);
        }
    }

    private static Gradients gradients(AttentionCase how, AttentionKernel kernel, Set<Wanted> wanted) {
        try (Workers workers = new Workers(1)) {
            AttentionCore core = new AttentionCore(new ScalarKernels(), workers, Meter.off());
            float[] output = new float[how.sizes().outputElements()];
            Findings findings = how.findings();
            Operands operands = how.operands(SEED);
            core.forward(how.task(kernel), operands, output, findings);
            Gradients gradients = Gradients.allocate(wanted, how.sizes());
            core.gradient(how.task(kernel), operands, output, how.outputGradient(SEED), findings, gradients);
            return gradients;
        }
    }

    private static float[] array(Gradients gradients, Wanted which) {
        return switch (which) {
            case QUERY -> gradients.query();
            case KEY -> gradients.key();
            case VALUE -> gradients.value();
            case SINKS -> gradients.sinks();
        };
    }

    private static NaiveAttention naive(AttentionCase how, Operands operands) {
        return new NaiveAttention(
                how,
                NaiveLoss.widened(operands.query()),
                NaiveLoss.widened(operands.key()),
                NaiveLoss.widened(operands.value()),
                NaiveLoss.widened(operands.sinks()));
    }

    private static void assertSlopes(String what, float[] gradients, double[] slopes) {
        assertThat(gradients).hasSameSizeAs(slopes);
        for (int i = 0; i < slopes.length; i++) {
            // Some ten sums and products in f32, of numbers up to about 10.
            assertThat((double) gradients[i])
                    .as("seed %d, gradient of %s %d", SEED, what, i)
                    .isCloseTo(slopes[i], within(2e-5));
        }
    }
}
