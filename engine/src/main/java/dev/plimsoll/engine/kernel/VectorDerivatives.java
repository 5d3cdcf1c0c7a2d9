package dev.plimsoll.engine.kernel;

import dev.plimsoll.model.operator.ActivationFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The derivatives of the activation functions on vectors.
///
/// Each has a loop of its own: were the function chosen within one loop, the compiler would keep the vectors in memory.
final class VectorDerivatives {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final float QUICK = (float) ScalarActivations.QUICK;
    private static final float CUBIC = (float) ScalarActivations.CUBIC;
    private static final float TWICE_ROOT = (float) (2 * ScalarActivations.ROOT_OF_TWO_OVER_PI);

    /// Beyond it the slope of GELU is 0 or 1 to the last bit, and the cube does not overflow on the way.
    private static final float FLAT = 20;

    private VectorDerivatives() {}

    /// @param whole elements to compute, a multiple of the lanes
    /// @return whether the function has a vector form; without one nothing is computed
    static boolean compute(ActivationFunction function, float[] x, int xAt, float[] y, int yAt, int whole) {
        switch (function) {
            case EXPONENTIAL -> exponential(x, xAt, y, yAt, whole);
            case GELU -> gelu(x, xAt, y, yAt, whole);
            case GELU_TANH -> geluTanh(x, xAt, y, yAt, whole);
            case GELU_QUICK -> geluQuick(x, xAt, y, yAt, whole);
            case SILU -> silu(x, xAt, y, yAt, whole);
            case SIGMOID -> sigmoid(x, xAt, y, yAt, whole);
            case TANH -> tanh(x, xAt, y, yAt, whole);
            case SOFTPLUS -> softplus(x, xAt, y, yAt, whole);
            case IDENTITY, RELU, RELU_SQUARED, GELU_QUICK_CLAMPED, CLAMPED_PLUS_ONE, XIELU -> {
                return false;
            }
        }
        return true;
    }

    private static void exponential(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            VectorMath.exp(x).intoArray(to, toAt + i);
        }
    }

    private static void gelu(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            x.fma(VectorMath.normalDensity(x), VectorMath.normalDistribution(x)).intoArray(to, toAt + i);
        }
    }

    private static void geluTanh(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i).max(-FLAT).min(FLAT);
            FloatVector argument = twiceTanhArgument(x);
            FloatVector slope = x.mul(x).fma(all(3 * CUBIC * TWICE_ROOT), all(TWICE_ROOT));
            FloatVector rise = VectorMath.sigmoidDerivative(argument).mul(slope);
            x.fma(rise, VectorMath.sigmoid(argument)).intoArray(to, toAt + i);
        }
    }

    private static void geluQuick(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            x.mul(QUICK)
                    .fma(VectorMath.sigmoidDerivative(x.mul(QUICK)), VectorMath.sigmoid(x.mul(QUICK)))
                    .intoArray(to, toAt + i);
        }
    }

    private static void silu(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            x.fma(VectorMath.sigmoidDerivative(x), VectorMath.sigmoid(x)).intoArray(to, toAt + i);
        }
    }

    private static void sigmoid(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            VectorMath.sigmoidDerivative(x).intoArray(to, toAt + i);
        }
    }

    private static void tanh(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            VectorMath.sigmoidDerivative(x.add(x)).mul(4).intoArray(to, toAt + i);
        }
    }

    private static void softplus(float[] from, int fromAt, float[] to, int toAt, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector x = load(from, fromAt + i);
            VectorMath.sigmoid(x).intoArray(to, toAt + i);
        }
    }

    /// `2 sqrt(2/pi) (x + 0.044715 x³)`, since `(1 + tanh(u)) / 2` is `sigmoid(2u)`.
    private static FloatVector twiceTanhArgument(FloatVector x) {
        return x.mul(x).mul(x).fma(all(CUBIC), x).mul(TWICE_ROOT);
    }

    private static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(SPECIES, array, at);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
