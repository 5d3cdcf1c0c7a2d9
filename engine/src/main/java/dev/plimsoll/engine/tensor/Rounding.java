package dev.plimsoll.engine.tensor;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;

/// Between f32 and the two 16-bit floats: rounded to nearest, ties to even; NaN stays NaN.
public final class Rounding {
    private static final int QUIET = 0x0040;

    private Rounding() {}

    /// Replaces values by those nearest to them that a floating-point data type has.
    ///
    /// @throws InputException for another data type
    public static void round(DataType type, float[] values) {
        if (!type.equals(DataType.F32)) {
            Held held = Held.of(type, values.length);
            held.store(0, values, 0, values.length);
            held.load(0, values, 0, values.length);
        }
    }

    /// The upper half of an f32's bits, rounded by the lower half; past the greatest finite value infinity.
    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | QUIET);
        }
        int halfMinusOneOrHalf = 0x7fff + ((bits >>> 16) & 1);
        return (short) ((bits + halfMinusOneOrHalf) >>> 16);
    }

    static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toF16(float value) {
        return Float.floatToFloat16(value);
    }

    static float fromF16(short bits) {
        return Float.float16ToFloat(bits);
    }
}
