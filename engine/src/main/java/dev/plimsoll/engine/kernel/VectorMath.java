package dev.plimsoll.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Elementary functions on vectors, from additions, multiplications and fused multiply-adds alone.
///
/// The library has them too, but computes other bits before it is compiled than after, so a result would depend on
/// when the compiler came by.
final class VectorMath {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private static final float LOG2_E = 1.442695f;
    /// `ln 2`, in a part of few bits, whose products are exact, and the rest. Source: Cody and Waite 1980.
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -0.00021219444f;
    /// Added and subtracted, it rounds to a whole number; in between, that number stands in the lowest bits.
    private static final float ROUNDING = 0x1.8p23f;

    private VectorMath() {}

    /// `2^n e^r` with `n` whole and `|r| <= ln 2 / 2`, and `e^r` by its power series.
    ///
    /// The factor `2^n` in two halves, so that results down to the least number and up to infinity come out.
    static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.max(-104f).min(89f);
        FloatVector shifted = bounded.fma(all(LOG2_E), all(ROUNDING));
        FloatVector whole = shifted.sub(ROUNDING);
        FloatVector r = whole.fma(all(-LN2_HIGH), bounded);
        r = whole.fma(all(-LN2_LOW), r);
        FloatVector series = all(1f / 5040);
        series = series.fma(r, all(1f / 720));
        series = series.fma(r, all(1f / 120));
        series = series.fma(r, all(1f / 24));
        series = series.fma(r, all(1f / 6));
        series = series.fma(r, all(1f / 2));
        series = series.fma(r.mul(r), r).add(1f);
        IntVector power = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDING));
        IntVector half = power.lanewise(VectorOperators.ASHR, 1);
        return series.mul(powerOfTwo(half)).mul(powerOfTwo(power.sub(half)));
    }

    /// `1 / (1 + e^-x)`, with the smaller exponential of the two signs, so that neither side overflows.
    static FloatVector sigmoid(FloatVector x) {
        FloatVector small = exp(x.abs().neg());
        FloatVector numerator = all(1).blend(small, x.lt(0));
        return numerator.div(small.add(1));
    }

    /// `sigmoid(x) sigmoid(-x)`, which does not cancel where the sigmoid is nearly 1.
    static FloatVector sigmoidDerivative(FloatVector x) {
        FloatVector small = exp(x.abs().neg());
        FloatVector denominator = small.add(1);
        return small.div(denominator.mul(denominator));
    }

    /// Near zero by an odd polynomial, fitted to 1.3e-7 on 0 to 0.625; elsewhere by the exponential.
    static FloatVector tanh(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector series = all(0.01519524f);
        series = series.fma(square, all(-0.051947817f));
        series = series.fma(square, all(0.13308173f));
        series = series.fma(square, all(-0.33332342f));
        FloatVector near = series.mul(square).fma(x, x);
        FloatVector small = exp(x.abs().mul(-2));
        FloatVector far = all(1).sub(small.add(small).div(small.add(1)));
        far = far.blend(far.neg(), x.lt(0));
        return far.blend(near, x.abs().lt(0.625f));
    }

    /// The standard normal distribution, `(1 + erf(x / sqrt 2)) / 2`.
    ///
    /// Its lower tail is `exp(-x²/2) r(|x|)`; `r` is a polynomial in `1 / (1 + 0.3 |x|)`, the form of Abramowitz and
    /// Stegun 7.1.26, fitted to 6e-8 relative on 0 to 15. What `x²` loses by rounding is made up for, since the
    /// exponential would magnify it.
    static FloatVector normalDistribution(FloatVector x) {
        FloatVector distance = x.abs();
        FloatVector t = all(1).div(distance.fma(all(0.3f), all(1)));
        FloatVector series = all(0.0384252f);
        series = series.fma(t, all(-0.16939388f));
        series = series.fma(t, all(0.22912993f));
        series = series.fma(t, all(-0.07704288f));
        series = series.fma(t, all(0.14290516f));
        series = series.fma(t, all(0.09452653f));
        series = series.fma(t, all(0.121960364f));
        series = series.fma(t, all(0.11948211f));
        series = series.fma(t, all(7.494815e-6f));
        FloatVector bounded = distance.min(15f);
        FloatVector square = bounded.mul(bounded);
        FloatVector lost = bounded.fma(bounded, square.neg());
        FloatVector tail =
                exp(square.mul(-0.5f)).mul(lost.fma(all(-0.5f), all(1))).mul(series);
        return tail.blend(all(1).sub(tail), x.lt(0).not());
    }

    /// `exp(-x²/2) / sqrt(2 pi)`.
    static FloatVector normalDensity(FloatVector x) {
        return exp(x.mul(x).mul(-0.5f)).mul(0.3989423f);
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
