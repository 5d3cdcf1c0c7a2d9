package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlopsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0        | 0 FLOPs
            999      | 999 FLOPs
            0.5      | 0.50 FLOPs
            1000     | 1.00 kFLOPs
            999996   | 1.00 MFLOPs
            14.02e12 | 14.02 TFLOPs
            3.14e23  | 314.00 ZFLOPs
            2.15e25  | 21.50 YFLOPs
            1e30     | 1.00 QFLOPs
            5e33     | 5000.00 QFLOPs
            """)
    void workTakesDecimalPrefixesOnly(double count, String printed) {
        assertThat(new Flops(count)).hasToString(printed);
    }

    @Test
    void sumsAreExactBelowTwoToThe53() {
        assertThat(new Flops((1L << 53) - 1).plus(new Flops(1)).count()).isEqualTo(9_007_199_254_740_992.0);
        assertThat(new Flops(7e24).times(3)).isEqualTo(new Flops(2.1e25));
        assertThat(Flops.ZERO.plus(new Flops(2))).isGreaterThan(new Flops(1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNoAmountOfWorkIsRefused(double count) {
        assertThatThrownBy(() -> new Flops(count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLOPs must be finite and not negative");
    }

    @Test
    void workPastTheLargestDoubleIsRefused() {
        assertThatThrownBy(() -> new Flops(1e308).times(10)).isInstanceOf(IllegalArgumentException.class);
    }
}
