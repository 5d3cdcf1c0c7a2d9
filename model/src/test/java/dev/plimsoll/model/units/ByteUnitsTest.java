package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteUnitsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                   | 0 B      | 0 B
            999                 | 999 B    | 999 B
            1000                | 1,000 B  | 1.00 kB
            1023                | 1,023 B  | 1.02 kB
            1024                | 1.00 KiB | 1.02 kB
            1536                | 1.50 KiB | 1.54 kB
            1048576             | 1.00 MiB | 1.05 MB
            140000000000        | 130.39 GiB | 140.00 GB
            1099511627776       | 1.00 TiB | 1.10 TB
            1125899906842624    | 1.00 PiB | 1.13 PB
            9007199254740993    | 8.00 PiB | 9.01 PB
            9223372036854775807 | 8.00 EiB | 9.22 EB
            """)
    void aCountTakesTheLargestUnitThatLeavesAtLeastOne(long count, String binary, String decimal) {
        assertThat(ByteUnits.BINARY.print(count)).isEqualTo(binary);
        assertThat(ByteUnits.DECIMAL.print(count)).isEqualTo(decimal);
    }

    @Test
    void plainBytesAreGroupedAndNeverRounded() {
        assertThat(ByteUnits.BYTES.print(9_223_372_036_854_775_807L)).isEqualTo("9,223,372,036,854,775,807 B");
    }

    /// One byte less than a MiB is 1,023.999 KiB, one less than a MB 999.999 kB.
    @Test
    void aCountThatRoundsUpToTheNextUnitIsPrintedInIt() {
        assertThat(ByteUnits.BINARY.print((1 << 20) - 1)).isEqualTo("1.00 MiB");
        assertThat(ByteUnits.DECIMAL.print(999_999)).isEqualTo("1.00 MB");
        assertThat(ByteUnits.DECIMAL.print(999_994)).isEqualTo("999.99 kB");
    }

    @Test
    void noLocaleChangesTheSeparators() {
        Locale before = Locale.getDefault();
        try {
            for (String tag : new String[] {"de-DE", "fr-FR", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva", "tr-TR"}) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThat(ByteUnits.BINARY.print(1536)).as(tag).isEqualTo("1.50 KiB");
                assertThat(ByteUnits.BYTES.print(1536)).as(tag).isEqualTo("1,536 B");
                assertThat(new Flops(14.02e12)).as(tag).hasToString("14.02 TFLOPs");
                assertThat(Text.printable("\u001b")).as(tag).isEqualTo("\\u001b");
                assertThat(Quantities.count("--tokens", "1.5Ki")).as(tag).isEqualTo(1536);
            }
        } finally {
            Locale.setDefault(before);
        }
    }
}
