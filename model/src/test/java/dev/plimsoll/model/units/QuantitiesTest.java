package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1                   | 1
            4096                | 4096
            4,096               | 4096
            1,000,000           | 1000000
            1_000_000           | 1000000
            32k                 | 32000
            32K                 | 32000
            128Ki               | 131072
            2Mi                 | 2097152
            1Gi                 | 1073741824
            1Ti                 | 1099511627776
            3M                  | 3000000
            70B                 | 70000000000
            70G                 | 70000000000
            1.5T                | 1500000000000
            0.5k                | 500
            1.5Ki               | 1536
            2e12                | 2000000000000
            1.5e3               | 1500
            '  7 k '            | 7000
            9007199254740993    | 9007199254740993
            9223372036854775807 | 9223372036854775807
            """)
    void countsAreReadAsPeopleWriteThem(String text, long count) {
        assertThat(Quantities.count("--tokens", text)).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1        | 1
            512B     | 512
            1kB      | 1000
            1KB      | 1000
            1KiB     | 1024
            80GB     | 80000000000
            12GiB    | 12884901888
            1.5 TB   | 1500000000000
            2TiB     | 2199023255552
            1.25MiB  | 1310720
            16MB     | 16000000
            """)
    void sizesAreReadAsPeopleWriteThem(String text, long count) {
        assertThat(Quantities.bytes("--memory", text)).isEqualTo(new Bytes(count));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "k",
                "-1",
                "+1",
                "0x10",
                "1k5",
                "1 2",
                "ten",
                "1..5",
                ".5",
                "1.",
                "1e",
                "1e100",
                "NaN",
                "Infinity",
                "1,5",
                "1,5k",
                "1,0000",
                "12,34",
                ",123",
                "1kb",
                "1GB",
                "1KI",
                "٤٠٩٦",
                "４０９６",
                "1\u0000",
                "1;rm -rf"
            })
    void whatIsNoCountIsRefusedAndNeverGuessed(String text) {
        assertThatThrownBy(() -> Quantities.count("--tokens", text))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--tokens: found '")
                .hasMessageEndingWith("', expected a number such as 4096, 32k, 128Ki or 1.5T");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0k", "0.5", "1.0001k", "9223372036854775808", "1e19", "10000000T"})
    void aCountIsAWholeNumberThatALongHolds(String text) {
        assertThatThrownBy(() -> Quantities.count("--tokens", text)).isInstanceOf(InputException.class);
    }

    /// 2^63 - 1 is the last; 8 EiB are 2^63.
    @Test
    void theLastLongIsReadAndTheNextRefused() {
        assertThat(Quantities.count("--tokens", "9_223_372_036_854_775_807")).isEqualTo(Long.MAX_VALUE);
        InputException refused = catchThrowableOfType(
                InputException.class, () -> Quantities.count("--tokens", "9_223_372_036_854_775_808"));
        assertThat(refused)
                .hasMessage("--tokens: found '9_223_372_036_854_775_808', expected a whole number from 1 to"
                        + " 9223372036854775807");
        assertThat(refused.kind()).isEqualTo(FailureKind.USAGE);
        assertThat(refused.remedy()).isEqualTo("Write a number such as 4096, 32k, 128Ki or 1.5T.");
        assertThatThrownBy(() -> Quantities.bytes("--memory", "8388608TiB")).isInstanceOf(InputException.class);
    }

    @Test
    void aSizeHasNoCountSuffix() {
        assertThatThrownBy(() -> Quantities.bytes("--memory", "80G"))
                .hasMessage("--memory: found '80G', expected a size such as 80GB or 12GiB");
    }

    @Test
    void hostileTextIsPrintedSafelyAndCostsNoStack() {
        assertThatThrownBy(() -> Quantities.count("--tokens", "\u001b[2J"))
                .hasMessageStartingWith("--tokens: found '\\u001b[2J', expected");
        String groups = "1" + ",000".repeat(30_000);
        assertThatThrownBy(() -> Quantities.count("--tokens", groups)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> Quantities.count("--tokens", "9".repeat(100_000)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("9…', expected a whole number");
    }
}
