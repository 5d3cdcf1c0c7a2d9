package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                    | 0
            999                  | 999
            1000                 | 1,000
            -999                 | -999
            -1000                | -1,000
            -100000              | -100,000
            8030261248           | 8,030,261,248
            9007199254740993     | 9,007,199,254,740,993
            9223372036854775807  | 9,223,372,036,854,775,807
            -9223372036854775808 | -9,223,372,036,854,775,808
            """)
    void digitsAreGroupedByThree(long value, String printed) {
        assertThat(Numbers.grouped(value)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            14.958 | 2 | 14.96
            0.005  | 2 | 0.01
            2.675  | 2 | 2.68
            0.5    | 0 | 1
            -0.5   | 0 | -1
            3      | 2 | 3.00
            1e20   | 1 | 100000000000000000000.0
            """)
    void decimalsAreRoundedHalfUpAsTheNumberIsWritten(double value, int decimals, String printed) {
        assertThat(Numbers.decimals(value, decimals)).isEqualTo(printed);
    }

    @Test
    void aPrefixStandsBehindASpaceAndAWholeNumberWithoutOneIsBare() {
        assertThat(Numbers.decimalPrefix(1.402e13)).isEqualTo("14.02 T");
        assertThat(Numbers.decimalPrefix(12)).isEqualTo("12 ");
        assertThat(Numbers.decimalPrefix(12.5)).isEqualTo("12.50 ");
        assertThat(Numbers.decimalPrefix(999_994)).isEqualTo("999.99 k");
        assertThat(Numbers.decimalPrefix(999_995)).isEqualTo("1.00 M");
    }
}
