package dev.plimsoll.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/// All 65,536 patterns of both 16-bit floats, the ties between neighbours, and what lies just beside the ties.
class RoundingTest {
    @Test
    void everyBf16WidensToItsBitsAndComesBack() {
        for (int bits = 0; bits < 65536; bits++) {
            float wide = Rounding.fromBf16((short) bits);
            if (Float.isNaN(wide)) {
                assertThat(Rounding.fromBf16(Rounding.toBf16(wide))).isNaN();
            } else {
                assertThat(Float.floatToRawIntBits(wide)).isEqualTo(bits << 16);
                assertThat(Rounding.toBf16(wide)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void everyF16WidensToItsValueAndComesBack() {
        for (int bits = 0; bits < 65536; bits++) {
            float wide = Rounding.fromF16((short) bits);
            if (Float.isNaN(wide)) {
                assertThat(Rounding.fromF16(Rounding.toF16(wide))).isNaN();
            } else {
                assertThat((double) wide).isEqualTo(halfValue(bits));
                assertThat(Rounding.toF16(wide)).isEqualTo((short) bits);
            }
        }
    }

    /// IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction.
    private static double halfValue(int bits) {
        double sign = bits < 0x8000 ? 1 : -1;
        int exponent = (bits >> 10) & 31;
        int fraction = bits & 1023;
        if (exponent == 31) {
            return sign * Double.POSITIVE_INFINITY;
        }
        return sign * (exponent == 0 ? fraction * 0x1p-24 : Math.scalb(1024.0 + fraction, exponent - 25));
    }

    /// Between a pattern and the next the middle is a float: it goes to the even one, its neighbours to the nearer one.
    @Test
    void betweenNeighboursBf16GoesToTheNearerAndATieToTheEven() {
        for (int bits = 0; bits < 0x7f7f; bits++) {
            int even = (bits & 1) == 0 ? bits : bits + 1;
            float middle = Float.intBitsToFloat((bits << 16) + 0x8000);
            assertThat(Rounding.toBf16(middle)).isEqualTo((short) even);
            assertThat(Rounding.toBf16(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(Rounding.toBf16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
            assertThat(Rounding.toBf16(-middle)).isEqualTo((short) (even | 0x8000));
        }
    }

    @Test
    void betweenNeighboursF16GoesToTheNearerAndATieToTheEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            int even = (bits & 1) == 0 ? bits : bits + 1;
            float middle = new BigDecimal(halfValue(bits))
                    .add(new BigDecimal(halfValue(bits + 1)))
                    .divide(BigDecimal.TWO)
                    .floatValue();
            assertThat(Rounding.toF16(middle)).isEqualTo((short) even);
            assertThat(Rounding.toF16(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(Rounding.toF16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
        }
    }

    @Test
    void beyondTheGreatestIsInfinity() {
        assertThat(Rounding.fromBf16(Rounding.toBf16(Float.MAX_VALUE))).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Rounding.fromF16(Rounding.toF16(65519))).isEqualTo(65504);
        assertThat(Rounding.fromF16(Rounding.toF16(65520))).isEqualTo(Float.POSITIVE_INFINITY);
    }
}
