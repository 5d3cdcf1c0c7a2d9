package dev.plimsoll.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.meter.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The vector kernels beside the scalar ones, at lengths around those of vectors.
class KernelsTest {
    private static final int OFFSET = 3;

    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector = new VectorKernels();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000})
    void sumsAgreeWithTheScalarTwin(int length) {
        float[] x = Numbers.random(length + OFFSET, Numbers.SEED);
        float[] y = Numbers.random(length + OFFSET, Numbers.SEED + 1);
        double tolerance =
                1e-7 * (length + 1); // each addition of numbers up to 1 rounds by up to 6e-8 of the sum so far
        Work ignored = Work.ignored();
        assertThat(vector.dot(x, OFFSET, y, 0, length, ignored))
                .isCloseTo(scalar.dot(x, OFFSET, y, 0, length, ignored), within((float) tolerance));
        assertThat(vector.sum(x, OFFSET, length)).isCloseTo(scalar.sum(x, OFFSET, length), within((float) tolerance));
        assertThat(vector.sumOfSquares(x, OFFSET, length))
                .isCloseTo(scalar.sumOfSquares(x, OFFSET, length), within((float) tolerance));
        assertThat(vector.max(x, OFFSET, length)).isEqualTo(scalar.max(x, OFFSET, length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000})
    void elementwiseArithmeticIsTheScalarTwinsToTheBit(int length) {
        float[] x = Numbers.random(length + OFFSET, Numbers.SEED);
        float[] expected = Numbers.random(length + OFFSET, Numbers.SEED + 1);
        float[] actual = expected.clone();
        for (Kernels kernels : new Kernels[] {scalar, vector}) {
            float[] y = kernels == scalar ? expected : actual;
            kernels.add(x, 0, y, OFFSET, length);
            kernels.multiply(x, OFFSET, y, 0, length);
            kernels.scale(0.3f, y, OFFSET, length);
            kernels.addScaled(-1.7f, x, OFFSET, y, OFFSET, length, Work.ignored());
        }
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000})
    void bulkCountsAreTheOneByOneCounts(int length) {
        Work oneByOne = Work.counting();
        Work bulk = Work.counting();
        float[] x = new float[length];
        float[] y = new float[length];
        scalar.dot(x, 0, y, 0, length, oneByOne);
        scalar.addScaled(2, x, 0, y, 0, length, oneByOne);
        vector.dot(x, 0, y, 0, length, bulk);
        vector.addScaled(2, x, 0, y, 0, length, bulk);
        assertThat(oneByOne.counts()).isEqualTo(new Counts(2L * length, 2L * length, 0, 0));
        assertThat(bulk.counts()).isEqualTo(oneByOne.counts());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000})
    void exponentialsAreThoseOfTheLibraryAndSumUp(int length) {
        float[] x = Numbers.random(length, Numbers.SEED);
        float[] y = new float[length];
        float sum = vector.exponentials(x, 0, 1, y, 0, length);
        double expectedSum = 0;
        for (int i = 0; i < length; i++) {
            double expected = Math.exp(x[i] - 1f);
            expectedSum += expected;
            assertThat((double) y[i]).isCloseTo(expected, within(2e-7 * expected));
        }
        assertThat((double) sum).isCloseTo(expectedSum, within(1e-6 * expectedSum));
    }

    @Test
    void aMaskedScoreHasNoWeight() {
        float[] x = {1, Float.NEGATIVE_INFINITY, 1};
        for (Kernels kernels : new Kernels[] {scalar, vector}) {
            float[] y = new float[3];
            assertThat(kernels.exponentials(x, 0, 1, y, 0, 3)).isEqualTo(2);
            assertThat(y).containsExactly(1, 0, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 17, 64, 1000})
    void aNanAnywhereComesOut(int length) {
        for (Kernels kernels : new Kernels[] {scalar, vector}) {
            for (int at : new int[] {0, length / 2, length - 1}) {
                float[] x = Numbers.random(length, Numbers.SEED);
                float[] y = Numbers.random(length, Numbers.SEED);
                x[at] = Float.NaN;
                assertThat(kernels.max(x, 0, length)).isNaN();
                assertThat(kernels.sum(x, 0, length)).isNaN();
                assertThat(kernels.dot(x, 0, y, 0, length, Work.ignored())).isNaN();
                assertThat(kernels.exponentials(x, 0, 0, y, 0, length)).isNaN();
                assertThat(y[at]).isNaN();
            }
        }
    }

    @Test
    void theGreatestOfNothingIsMinusInfinity() {
        assertThat(scalar.max(new float[0], 0, 0)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(vector.max(new float[0], 0, 0)).isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
