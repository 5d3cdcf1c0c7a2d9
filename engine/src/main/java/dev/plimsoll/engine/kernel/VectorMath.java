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

    private static final float LOG2_E = 1.442695041f;
    /// `ln 2`, in a part of few bits, whose products are exact, and the rest. Source: Cody and Waite 1980.
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
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

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
