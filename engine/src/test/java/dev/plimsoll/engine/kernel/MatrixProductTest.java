package dev.plimsoll.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.meter.Meter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixProductTest {
    private static final int[] SIZES = {1, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65};

    /// Whole numbers up to 4, at most 1000 of them in a sum: exact in f32 (16 · 1000 < 2^24), so equal or wrong.
    @Test
    void everySizeIsExactUnderEveryTranspositionAndUpdate() {
        Random random = new Random(Numbers.SEED);
        try (Workers workers = new Workers(1)) {
            for (Kernels kernels : new Kernels[] {new ScalarKernels(), new VectorKernels()}) {
                MatrixProduct product = new MatrixProduct(kernels, workers, Meter.off());
                for (int m : SIZES) {
                    for (int n : SIZES) {
                        int k = SIZES[random.nextInt(SIZES.length)];
                        checkAgainstDefinition(product, random, m, n, k);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 257, 1000})
    void everyDepthIsExact(int k) {
        Random random = new Random(Numbers.SEED);
        try (Workers workers = new Workers(1)) {
            MatrixProduct product = new MatrixProduct(new VectorKernels(), workers, Meter.off());
            checkAgainstDefinition(product, random, 13, 35, k);
            checkAgainstDefinition(product, random, 25, 33, k);
            checkAgainstDefinition(product, random, 400, 5, k);
            checkAgainstDefinition(product, random, 5, 2100, k);
        }
    }

    private static void checkAgainstDefinition(MatrixProduct product, Random random, int m, int n, int k) {
        Matrix left = view(m, k, random);
        Matrix right = view(k, n, random);
        Matrix target = view(m, n, random);
        Update update = random.nextBoolean() ? Update.ASSIGN : Update.ADD;
        float[] expected = target.data().clone();
        for (int row = 0; row < m; row++) {
            for (int column = 0; column < n; column++) {
                float sum = update == Update.ADD ? expected[target.index(row, column)] : 0;
                for (int inner = 0; inner < k; inner++) {
                    sum += left.data()[left.index(row, inner)] * right.data()[right.index(inner, column)];
                }
                expected[target.index(row, column)] = sum;
            }
        }
        product.multiply(left, right, target, update);
        assertThat(target.data())
                .as(
                        "seed %d: %s = %s x %s, %s",
                        Numbers.SEED, describe(target), describe(left), describe(right), update)
                .isEqualTo(expected);
    }

    private static String describe(Matrix matrix) {
        return "%d x %d in steps of %d, %d"
                .formatted(matrix.rows(), matrix.columns(), matrix.rowStride(), matrix.columnStride());
    }

    /// A matrix within a larger one, lying or standing, of neighbours or with gaps.
    private static Matrix view(int rows, int columns, Random random) {
        int gap = random.nextInt(2) + 1;
        int offset = random.nextInt(5);
        boolean lying = random.nextBoolean();
        int inner = (lying ? columns : rows) * gap + random.nextInt(3);
        float[] data = Numbers.whole(offset + inner * (lying ? rows : columns), random.nextLong());
        return lying
                ? new Matrix(data, offset, rows, columns, inner, gap)
                : new Matrix(data, offset, rows, columns, gap, inner);
    }

    @Test
    void theResultAndTheWorkAreTheSameAtAnyNumberOfThreads() {
        int m = 203;
        int n = 305;
        int k = 601;
        float[] left = Numbers.random(m * k, Numbers.SEED);
        float[] right = Numbers.random(k * n, Numbers.SEED + 1);
        float[] first = new float[m * n];
        Meter firstMeter = Meter.counting(1);
        multiply(1, firstMeter, Matrix.of(left, m, k), Matrix.of(right, k, n), Matrix.of(first, m, n));
        for (int threads : new int[] {2, 3, 4}) {
            Meter meter = Meter.counting(threads);
            float[] result = new float[m * n];
            multiply(threads, meter, Matrix.of(left, m, k), Matrix.of(right, k, n), Matrix.of(result, m, n));
            assertThat(result).isEqualTo(first);
            assertThat(meter.counts()).isEqualTo(firstMeter.counts());
        }
    }

    @Test
    void aRowOfTheResultDoesNotDependOnTheOtherRows() {
        int n = 70;
        int k = 300;
        float[] left = Numbers.random(40 * k, Numbers.SEED);
        float[] right = Numbers.random(k * n, Numbers.SEED + 1);
        float[] all = new float[40 * n];
        multiply(1, Meter.off(), Matrix.of(left, 40, k), Matrix.of(right, k, n), Matrix.of(all, 40, n));
        float[] one = new float[40 * n];
        for (int row = 0; row < 40; row++) {
            multiply(
                    1,
                    Meter.off(),
                    Matrix.of(left, 40, k).rows(row, row + 1),
                    Matrix.of(right, k, n),
                    Matrix.of(one, 40, n).rows(row, row + 1));
        }
        assertThat(one).isEqualTo(all);
    }

    private static void multiply(int threads, Meter meter, Matrix left, Matrix right, Matrix target) {
        try (Workers workers = new Workers(threads)) {
            new MatrixProduct(new VectorKernels(), workers, meter).multiply(left, right, target, Update.ASSIGN);
        }
    }

    @Test
    void bulkCountsAreTheOneByOneCountsAndExecutedOnesFillTheTiles() {
        Kernels vector = new VectorKernels();
        try (Workers workers = new Workers(1)) {
            for (int m : SIZES) {
                for (int n : SIZES) {
                    Meter oneByOne = Meter.counting(1);
                    Meter bulk = Meter.counting(1);
                    float[] zeros = new float[100 * 300];
                    Matrix left = Matrix.of(zeros, m, 300);
                    Matrix right = Matrix.of(zeros, 300, n);
                    Matrix target = Matrix.of(new float[m * n], m, n);
                    new MatrixProduct(new ScalarKernels(), workers, oneByOne)
                            .multiply(left, right, target, Update.ASSIGN);
                    new MatrixProduct(vector, workers, bulk).multiply(left, right, target, Update.ASSIGN);
                    assertThat(oneByOne.counts().logicalMultiplyAdds()).isEqualTo(300L * m * n);
                    assertThat(bulk.counts().logicalMultiplyAdds()).isEqualTo(300L * m * n);
                    assertThat(bulk.counts().executedMultiplyAdds())
                            .isEqualTo(300L
                                    * Math.ceilDiv(m, vector.tileRows())
                                    * vector.tileRows()
                                    * Math.ceilDiv(n, vector.tileColumns())
                                    * vector.tileColumns());
                }
            }
        }
    }

    @Test
    void randomNumbersAgreeWithTheScalarTwin() {
        float[] left = Numbers.random(65 * 1000, Numbers.SEED);
        float[] right = Numbers.random(1000 * 63, Numbers.SEED + 1);
        float[] expected = new float[65 * 63];
        float[] actual = new float[65 * 63];
        try (Workers workers = new Workers(1)) {
            Matrix a = Matrix.of(left, 65, 1000);
            Matrix b = Matrix.of(right, 1000, 63);
            new MatrixProduct(new ScalarKernels(), workers, Meter.off())
                    .multiply(a, b, Matrix.of(expected, 65, 63), Update.ASSIGN);
            new MatrixProduct(new VectorKernels(), workers, Meter.off())
                    .multiply(a, b, Matrix.of(actual, 65, 63), Update.ASSIGN);
        }
        for (int i = 0; i < expected.length; i++) {
            // 1000 additions to a sum of about 20, each rounded by up to 6e-8 of it; in practice a tenth of that
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }

    /// Every tile by itself, also those that this machine does not prefer.
    @Test
    void everyTileMultipliesExactly() {
        for (Tile tile : Tile.values()) {
            float[] a = Numbers.whole(40 * tile.rows(), Numbers.SEED);
            float[] b = Numbers.whole(40 * tile.columns(), Numbers.SEED + 1);
            float[] expected = new float[tile.rows() * tile.columns()];
            for (int i = 0; i < expected.length; i++) {
                for (int inner = 0; inner < 40; inner++) {
                    expected[i] += a[inner * tile.rows() + i / tile.columns()]
                            * b[inner * tile.columns() + i % tile.columns()];
                }
            }
            float[] c = new float[expected.length];
            tile.multiply(a, 0, b, 0, tile.columns(), 40, c, 0, tile.columns(), Update.ASSIGN);
            assertThat(c).as(tile.name()).isEqualTo(expected);
            tile.multiply(a, 0, b, 0, tile.columns(), 40, c, 0, tile.columns(), Update.ADD);
            for (int i = 0; i < expected.length; i++) {
                assertThat(c[i]).as("%s, added, element %d", tile.name(), i).isEqualTo(2 * expected[i]);
            }
            assertThat(expected.length).isLessThanOrEqualTo(Panels.LARGEST_TILE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 64, 98})
    void aNanReachesItsRowAndNoOther(int at) {
        float[] left = Numbers.random(99 * 5, Numbers.SEED);
        left[at * 5 + 2] = Float.NaN;
        float[] result = new float[99 * 7];
        multiply(
                1,
                Meter.off(),
                Matrix.of(left, 99, 5),
                Matrix.of(Numbers.random(35, Numbers.SEED), 5, 7),
                Matrix.of(result, 99, 7));
        for (int i = 0; i < result.length; i++) {
            assertThat(Float.isNaN(result[i])).as("element %d", i).isEqualTo(i / 7 == at);
        }
    }

    @Test
    void shapesThatDisagreeAreRefused() {
        assertThatThrownBy(() -> multiply(
                        1,
                        Meter.off(),
                        Matrix.of(new float[6], 2, 3),
                        Matrix.of(new float[8], 4, 2),
                        Matrix.of(new float[4], 2, 2)))
                .hasMessage("a product of 2 x 3 and 4 x 2 into 2 x 2");
    }

    @Test
    void aViewBeyondItsArrayIsRefused() {
        assertThatThrownBy(() -> Matrix.of(new float[5], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void scratchStaysBoundedWhateverTheSize() {
        try (Workers workers = new Workers(1)) {
            MatrixProduct product = new MatrixProduct(new VectorKernels(), workers, Meter.off());
            float[] zeros = new float[3_000_000];
            product.multiply(
                    Matrix.of(zeros, 1000, 1000),
                    Matrix.of(zeros, 1000, 3000),
                    Matrix.of(new float[3_000_000], 1000, 3000),
                    Update.ASSIGN);
            assertThat(product.scratchBytes()).isBetween(1L << 20, 4L << 20);
        }
    }
}
