package dev.plimsoll.model.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgmlTypesTest {
    /// Bits are what the format packs: quants, block scales in `f16` (16 bits), sub-block scales and minima.
    ///
    /// Source: the structures of ggml's `ggml-common.h`, their sizes written out here in bits.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
             2 | q4_0    |  32 | 4 * 32 + 16
             3 | q4_1    |  32 | 4 * 32 + 16 + 16
             6 | q5_0    |  32 | 5 * 32 + 16
             7 | q5_1    |  32 | 5 * 32 + 16 + 16
             8 | q8_0    |  32 | 8 * 32 + 16
             9 | q8_1    |  32 | 8 * 32 + 16 + 16
            10 | q2_k    | 256 | 2 * 256 + 8 * 16 + 16 + 16
            11 | q3_k    | 256 | 3 * 256 + 6 * 16 + 16
            12 | q4_k    | 256 | 4 * 256 + 12 * 8 + 16 + 16
            13 | q5_k    | 256 | 5 * 256 + 12 * 8 + 16 + 16
            14 | q6_k    | 256 | 6 * 256 + 8 * 16 + 16
            15 | q8_k    | 256 | 8 * 256 + 16 * 16 + 32
            16 | iq2_xxs | 256 | 2 * 256 + 16
            17 | iq2_xs  | 256 | 2 * 256 + 8 * 8 + 16
            18 | iq3_xxs | 256 | 3 * 256 + 16
            19 | iq1_s   | 256 | 32 * 8 + 8 * 16 + 16
            20 | iq4_nl  |  32 | 4 * 32 + 16
            21 | iq3_s   | 256 | 64 * 8 + 8 * 8 + 32 * 8 + 4 * 8 + 16
            22 | iq2_s   | 256 | 64 * 8 + 8 * 8 + 8 * 8 + 16
            23 | iq4_xs  | 256 | 4 * 256 + 4 * 8 + 16 + 16
            29 | iq1_m   | 256 | 32 * 8 + 16 * 8 + 8 * 8
            34 | tq1_0   | 256 | 48 * 8 + 4 * 8 + 16
            35 | tq2_0   | 256 | 2 * 256 + 16
            39 | mxfp4   |  32 | 4 * 32 + 8
            40 | nvfp4   |  64 | 4 * 64 + 8 * 4
            41 | q1_0    | 128 | 1 * 128 + 16
            42 | q2_0    |  64 | 2 * 64 + 16
            """)
    void aBlockTakesItsQuantsAndScales(int number, String name, int elements, String bits) {
        DataType type = GgmlTypes.byNumber(number).orElseThrow();
        assertThat(type.name()).isEqualTo(name);
        assertThat(type.blockElements()).isEqualTo(elements);
        assertThat(8 * type.blockBytes()).as(bits).isEqualTo(sum(bits));
        assertThat(GgmlTypes.byName(name)).contains(type);
    }

    /// The average bits that the format's own table publishes.
    @ParameterizedTest
    @CsvSource({
        "0, 32",
        "1, 16",
        "2, 4.5",
        "3, 5",
        "6, 5.5",
        "7, 6",
        "8, 8.5",
        "9, 9",
        "10, 2.625",
        "11, 3.4375",
        "12, 4.5",
        "13, 5.5",
        "14, 6.5625",
        "15, 9.125",
        "16, 2.0625",
        "17, 2.3125",
        "18, 3.0625",
        "19, 1.5625",
        "20, 4.5",
        "21, 3.4375",
        "22, 2.5625",
        "23, 4.25",
        "24, 8",
        "25, 16",
        "26, 32",
        "27, 64",
        "28, 64",
        "29, 1.75",
        "30, 16",
        "34, 1.6875",
        "35, 2.0625",
        "39, 4.25",
        "40, 4.5",
        "41, 1.125",
        "42, 2.25"
    })
    void bitsPerElementAreThePublishedOnes(int number, double bits) {
        assertThat(GgmlTypes.byNumber(number).orElseThrow().bitsPerElement()).isEqualTo(bits);
    }

    @Test
    void plainTypesAreTheOnesOfOtherFiles() {
        assertThat(GgmlTypes.byNumber(0)).contains(DataType.F32);
        assertThat(GgmlTypes.byNumber(30)).contains(DataType.BF16);
        assertThat(GgmlTypes.byName("q4_0")).contains(GgmlTypes.Q4_0);
        assertThat(GgmlTypes.byName("q8_0")).contains(GgmlTypes.Q8_0);
    }

    @Test
    void removedAndUnknownNumbersHaveNoType() {
        assertThat(IntStream.rangeClosed(-1, 100)
                        .filter(number -> GgmlTypes.byNumber(number).isEmpty())
                        .filter(number -> number <= 43))
                .containsExactly(-1, 4, 5, 31, 32, 33, 36, 37, 38, 43);
        assertThat(GgmlTypes.byNumber(Integer.MAX_VALUE)).isEmpty();
        assertThat(GgmlTypes.byName("q4_2")).isEmpty();
    }

    private static int sum(String terms) {
        int sum = 0;
        for (String term : terms.split(" \\+ ", -1)) {
            int product = 1;
            for (String factor : term.split(" \\* ", -1)) {
                product *= Integer.parseInt(factor);
            }
            sum += product;
        }
        return sum;
    }
}
