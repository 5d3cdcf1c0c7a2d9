package dev.plimsoll.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Activation functions and derivatives: against published values, each other, and vectors against scalars.
class ActivationsTest {
    private static final float[] SPECIAL = {
        0f, -0f, 1e-30f, -1e-30f, 1e-6f, -1e-6f, 0.625f, -0.625f, 6.9999f, 7f, -7f, 7.0001f, 87f, -87f, 89f, -104f,
        1e30f
    };

    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector = new VectorKernels();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "XIELU")
    void vectorsAgreeWithScalars(ActivationFunction function) {
        float[] x = points();
        float[] values = new float[x.length];
        float[] slopes = new float[x.length];
        vector.activate(function, x, 0, values, 0, x.length);
        vector.derivative(function, x, 0, slopes, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            assertNear(function + "(" + x[i] + ")", values[i], (float) ScalarActivations.value(function, x[i]), 1e-10);
            assertNear(
                    function + "'(" + x[i] + ")",
                    slopes[i],
                    (float) ScalarActivations.derivative(function, x[i]),
                    1e-6);
        }
    }

    /// To 1e-6 of what is expected, or to that absolute: of a small value, since there the rounding of an exponent shows;
    /// of a derivative, since two terms of about 1 may cancel.
    private static void assertNear(String what, float actual, float expected, double absolute) {
        if (Float.isInfinite(expected) || Float.isNaN(expected)) {
            assertThat(actual).as(what).isEqualTo(expected);
        } else {
            double tolerance = 1e-6 * Math.abs(expected) + absolute;
            assertThat((double) actual).as(what).isCloseTo(expected, within(tolerance));
        }
    }

    /// -12 to 12 in steps of 1/64, and the points where something changes.
    private static float[] points() {
        float[] x = Arrays.copyOf(SPECIAL, SPECIAL.length + 24 * 64 + 1);
        for (int i = 0; i <= 24 * 64; i++) {
            x[SPECIAL.length + i] = -12 + i / 64f;
        }
        return x;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "XIELU")
    void derivativesAreTheSlopesOfTheFunctions(ActivationFunction function) {
        double step = 1e-5;
        for (double x : new double[] {-8.3, -3.1, -2.9, -0.7, -0.1, 0.1, 0.7, 2.9, 3.1, 6.9, 7.1}) {
            double slope = (ScalarActivations.value(function, x + step) - ScalarActivations.value(function, x - step))
                    / (2 * step);
            assertThat(ScalarActivations.derivative(function, x))
                    .as("%s'(%s)", function, x)
                    .isCloseTo(slope, within(1e-8 * Math.max(1, Math.abs(slope))));
        }
    }

    /// Source: Abramowitz and Stegun, table 26.1.
    @Test
    void theNormalDistributionIsThatOfTheTables() {
        assertThat(ScalarActivations.normalDistribution(0)).isEqualTo(0.5);
        assertThat(ScalarActivations.normalDistribution(1)).isCloseTo(0.841344746068543, within(1e-15));
        assertThat(ScalarActivations.normalDistribution(2)).isCloseTo(0.977249868051821, within(1e-15));
        assertThat(ScalarActivations.normalDistribution(-3)).isCloseTo(0.001349898031630, within(1e-15));
        assertThat(ScalarActivations.normalDistribution(-4)).isCloseTo(3.167124183e-5, within(1e-14));
    }

    @Test
    void wellKnownValuesComeOut() {
        assertThat(ScalarActivations.value(ActivationFunction.RELU_SQUARED, 3)).isEqualTo(9);
        assertThat(ScalarActivations.value(ActivationFunction.GELU, 1)).isCloseTo(0.841344746, within(1e-9));
        assertThat(ScalarActivations.value(ActivationFunction.GELU_TANH, 1)).isCloseTo(0.841191991, within(1e-9));
        assertThat(ScalarActivations.value(ActivationFunction.SILU, 1)).isCloseTo(Math.E / (Math.E + 1), within(1e-15));
        assertThat(ScalarActivations.value(ActivationFunction.SOFTPLUS, 0)).isCloseTo(Math.log(2), within(1e-15));
        assertThat(ScalarActivations.value(ActivationFunction.CLAMPED_PLUS_ONE, 9))
                .isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "XIELU")
    void anElementsValueDoesNotDependOnItsPlace(ActivationFunction function) {
        float[] x = Numbers.random(100, Numbers.SEED);
        float[] whole = new float[100];
        float[] alone = new float[100];
        vector.activate(function, x, 0, whole, 0, 100);
        for (int i = 0; i < 100; i++) {
            vector.activate(function, x, i, alone, i, 1);
        }
        assertThat(alone).isEqualTo(whole);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"XIELU", "IDENTITY"})
    void notANumberStaysNotANumber(ActivationFunction function) {
        float[] x = new float[17];
        Arrays.fill(x, Float.NaN);
        for (Kernels kernels : new Kernels[] {scalar, vector}) {
            float[] values = new float[17];
            float[] slopes = new float[17];
            kernels.activate(function, x, 0, values, 0, 17);
            kernels.derivative(function, x, 0, slopes, 0, 17);
            assertThat(values).containsOnly(Float.NaN);
            assertThat(slopes).containsOnly(Float.NaN);
        }
    }

    @Test
    void aFunctionWithTrainedScalarsIsRefusedByName() {
        float[] x = new float[1];
        for (Kernels kernels : new Kernels[] {scalar, vector}) {
            assertThatThrownBy(() -> kernels.activate(ActivationFunction.XIELU, x, 0, x, 0, 1))
                    .isInstanceOf(InputException.class)
                    .hasMessage("activation xielu: not executed yet, for its trained scalars");
        }
    }
}
