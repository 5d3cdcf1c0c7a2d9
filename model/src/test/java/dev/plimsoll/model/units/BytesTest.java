package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BytesTest {
    private static final Bytes MOST = new Bytes(Long.MAX_VALUE);

    @Test
    void sumsAndProductsAreExactPastWhatADoubleHolds() {
        Bytes odd = new Bytes((1L << 53) + 1);
        assertThat(odd.plus(new Bytes(1)).count()).isEqualTo(9_007_199_254_740_994L);
        assertThat(odd.times(3).count()).isEqualTo(27_021_597_764_222_979L);
        assertThat(MOST.plus(Bytes.ZERO)).isEqualTo(MOST);
        assertThat(MOST.times(1)).isEqualTo(MOST);
    }

    @Test
    void whatDoesNotFitIsRefusedAndNeverWraps() {
        assertThatThrownBy(() -> MOST.plus(new Bytes(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Bytes(1L << 62).times(2)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Bytes(1L << 32).times(1L << 32)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void bytesAreNeverNegative() {
        assertThatThrownBy(() -> new Bytes(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bytes must not be negative: -1");
        assertThatThrownBy(() -> new Bytes(2).times(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytesAreOrderedByTheirCountAndPrintedInBinaryUnits() {
        assertThat(new Bytes(2)).isGreaterThan(new Bytes(1)).isLessThan(MOST);
        assertThat(new Bytes(5L << 28)).hasToString("1.25 GiB");
    }
}
