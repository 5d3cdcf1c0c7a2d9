package dev.plimsoll.engine.kernel;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.operator.ActivationFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// As many elements at once as the machine's vectors hold; the multiply-adds of a call counted in bulk.
///
/// Loaded only where the module of vectors is present. Reached through [Kernels#best()].
public final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private final ScalarKernels scalar = new ScalarKernels();

    @Override
    public String name() {
        return "vectors of %d bits".formatted(SPECIES.vectorBitSize());
    }

    @Override
    public int tileRows() {
        return Tile.PREFERRED.rows();
    }

    @Override
    public int tileColumns() {
        return Tile.PREFERRED.columns();
    }

    @Override
    public void multiply(Matrix left, Matrix right, Matrix target, Update update, Panels panels, Work work) {
        new TiledProduct(Tile.PREFERRED, panels, work).multiply(left, right, target, update);
    }

    @Override
    public float dot(float[] x, int xOffset, float[] y, int yOffset, int length, Work work) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int i = 0;
        for (; i <= length - 4 * LANES; i += 4 * LANES) {
            sum0 = load(x, xOffset + i).fma(load(y, yOffset + i), sum0);
            sum1 = load(x, xOffset + i + LANES).fma(load(y, yOffset + i + LANES), sum1);
            sum2 = load(x, xOffset + i + 2 * LANES).fma(load(y, yOffset + i + 2 * LANES), sum2);
            sum3 = load(x, xOffset + i + 3 * LANES).fma(load(y, yOffset + i + 3 * LANES), sum3);
        }
        for (; i <= length - LANES; i += LANES) {
            sum0 = load(x, xOffset + i).fma(load(y, yOffset + i), sum0);
        }
        float sum = sum(sum0.add(sum1).add(sum2.add(sum3)));
        for (; i < length; i++) {
            sum = Math.fma(x[xOffset + i], y[yOffset + i], sum);
        }
        work.multiplyAdds(length, length);
        return sum;
    }

    @Override
    public void addScaled(float factor, float[] x, int xOffset, float[] y, int yOffset, int length, Work work) {
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            load(x, xOffset + i).fma(factors, load(y, yOffset + i)).intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] = Math.fma(factor, x[xOffset + i], y[yOffset + i]);
        }
        work.multiplyAdds(length, length);
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            sum0 = sum0.add(load(x, offset + i));
            sum1 = sum1.add(load(x, offset + i + LANES));
        }
        return sum(sum0.add(sum1)) + scalar.sum(x, offset + i, length - i);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        return dot(x, offset, x, offset, length, Work.ignored());
    }

    @Override
    public float max(float[] x, int offset, int length) {
        FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            max = max.max(load(x, offset + i));
        }
        return Math.max(max.reduceLanes(VectorOperators.MAX), scalar.max(x, offset + i, length - i));
    }

    @Override
    public float exponentials(float[] x, int xOffset, float subtracted, float[] y, int yOffset, int length) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector exponential = VectorMath.exp(load(x, xOffset + i).sub(subtracted));
            exponential.intoArray(y, yOffset + i);
            sum = sum.add(exponential);
        }
        float rest = 0;
        if (i < length) {
            float[] last = last(x, xOffset + i, length - i);
            VectorMath.exp(load(last, 0).sub(subtracted)).intoArray(last, 0);
            System.arraycopy(last, 0, y, yOffset + i, length - i);
            rest = scalar.sum(last, 0, length - i);
        }
        return sum(sum) + rest;
    }

    @Override
    public void scale(float factor, float[] x, int offset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            load(x, offset + i).mul(factor).intoArray(x, offset + i);
        }
        scalar.scale(factor, x, offset + i, length - i);
    }

    @Override
    public void add(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            load(y, yOffset + i).add(load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
        scalar.add(x, xOffset + i, y, yOffset + i, length - i);
    }

    @Override
    public void multiply(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            load(y, yOffset + i).mul(load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
        scalar.multiply(x, xOffset + i, y, yOffset + i, length - i);
    }

    @Override
    public void activate(ActivationFunction function, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int whole = SPECIES.loopBound(length);
        if (!VectorActivations.compute(function, x, xOffset, y, yOffset, whole)) {
            scalar.activate(function, x, xOffset, y, yOffset, length);
        } else if (whole < length) {
            float[] last = last(x, xOffset + whole, length - whole);
            VectorActivations.compute(function, last, 0, last, 0, LANES);
            System.arraycopy(last, 0, y, yOffset + whole, length - whole);
        }
    }

    @Override
    public void derivative(ActivationFunction function, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int whole = SPECIES.loopBound(length);
        if (!VectorDerivatives.compute(function, x, xOffset, y, yOffset, whole)) {
            scalar.derivative(function, x, xOffset, y, yOffset, length);
        } else if (whole < length) {
            float[] last = last(x, xOffset + whole, length - whole);
            VectorDerivatives.compute(function, last, 0, last, 0, LANES);
            System.arraycopy(last, 0, y, yOffset + whole, length - whole);
        }
    }

    /// The elements that do not fill a vector, in one that they begin: computed as all others are, so that an element's
    /// value does not depend on where a range was cut.
    private static float[] last(float[] x, int at, int count) {
        float[] last = new float[LANES];
        System.arraycopy(x, at, last, 0, count);
        return last;
    }

    /// The sum of a vector's lanes, halves upon halves: a reduction of the library may sum in any order.
    private static float sum(FloatVector vector) {
        float[] lanes = vector.toArray();
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    private static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(SPECIES, array, at);
    }
}
