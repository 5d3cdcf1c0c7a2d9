package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.cost.TensorExceptions.Held;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightBytesTest {
    private static long bytes(Transformer model, String format) {
        return WeightBytes.of(model, WeightFormat.named(format)).total().count();
    }

    @Test
    void aPlainTypeTakesItsWidthForEachParameter() {
        Transformer model = Models.llama31With8B();
        assertThat(bytes(model, "f32")).isEqualTo(4 * 8_030_261_248L);
        assertThat(bytes(model, "bf16")).isEqualTo(2 * 8_030_261_248L);
        assertThat(WeightFormat.named("bf16").provenance()).isEqualTo(Provenance.EXACT);
        assertThat(WeightFormat.named("awq").provenance()).isEqualTo(Provenance.ASSUMED);
    }

    /// One layer of width 256, heads of 2 x 128, feed-forward 512 wide, vocabulary 10: the four square matrices and the
    /// three of 256 x 512 are converted, both tables and the three norms are not.
    @Test
    void eightBitsAreForTheLayersMatricesWithAScaleForEachOutput() {
        Transformer model = Models.llama(1, 256, 2, 2, 128, 512, 10);
        long matrices = 4 * 256 * 256 + 3 * 256 * 512;
        long outputs = 4 * 256 + 2 * 512 + 256;
        long rest = 2 * 10 * 256 + 3 * 256;
        for (String format : List.of("int8", "fp8")) {
            assertThat(bytes(model, format)).as(format).isEqualTo(matrices + 2 * outputs + 2 * rest);
            WeightBytes weights = WeightBytes.of(model, WeightFormat.named(format));
            assertThat(weights.convertedParameters()).isEqualTo(matrices);
            assertThat(weights.provenance()).isEqualTo(Provenance.ASSUMED);
            assertThat(weights.convention())
                    .contains(
                            "a bf16 scale for each output, as compressed-tensors' channel strategy. Converted: 655,360"
                                    + " parameters, the layers' matrices; all others in bf16");
        }
    }

    /// The files of DeepSeek-V3 hold `e_score_correction_bias` in f32: 256 for each of 58 layers.
    @Test
    void routersCorrectionsStayInF32() {
        assertThat(bytes(Models.deepSeekV3(), "bf16")).isEqualTo(2 * 671_026_419_200L + 2 * 58 * 256);
        assertThat(bytes(Models.deepSeekV3(), "f64")).isEqualTo(8 * 671_026_419_200L);
        assertThat(WeightBytes.of(Models.deepSeekV3(), WeightFormat.named("bf16"))
                        .convention())
                .contains("routers' corrections in f32");
        assertThat(WeightBytes.of(Models.gptOss20B(), WeightFormat.named("bf16"))
                        .convention())
                .isEmpty();
    }

    @Test
    void whatIsSaidOfOneTensorGoesBeforeTheRule() {
        // Three layers: the first one's value projection in 8 bits, the last one's left alone.
        TensorExceptions exceptions = (parameter, layer) -> {
            if (!parameter.name().equals("attention.value.weight")) {
                return Optional.empty();
            }
            return layer == 0
                    ? Optional.of(new Held.Converted(new MatrixScheme.Rows(DataType.I8, 0)))
                    : layer == 2 ? Optional.of(new Held.AsItWas()) : Optional.empty();
        };
        WeightFormat format = new WeightFormat(
                "test",
                new WeightFormat.Rule.Converted(
                        ConversionScope.EVERY_MATRIX, new MatrixScheme.Rows(DataType.I4, 0), DataType.BF16, exceptions),
                "test");
        long matrices = 3 * 7 * 64 * 64 + 2 * 10 * 64;
        long others = 2 * 64 * 64;
        assertThat(WeightBytes.of(Models.llama(3, 64, 1, 1, 64, 64, 10), format).total())
                .isEqualTo(new Bytes((matrices - others) / 2 + 64 * 64 + 2 * 64 * 64 + 2 * 7 * 64));
    }

    @Test
    void groupsAddUpToTheTotal() {
        for (WeightFormat format : WeightFormat.all()) {
            WeightBytes weights = WeightBytes.of(Models.deepSeekV32(), format);
            Bytes sum = weights.groups().stream().map(WeightBytes.Group::bytes).reduce(Bytes.ZERO, Bytes::plus);
            assertThat(sum).as(format.name()).isEqualTo(weights.total());
            assertThat(weights.groups().stream()
                            .mapToLong(WeightBytes.Group::parameters)
                            .sum())
                    .as(format.name())
                    .isEqualTo(ParameterCount.of(Models.deepSeekV32()).total());
        }
    }

    @Test
    void blockScalesCoverWholeAndBrokenTiles() {
        // One layer of width 200: q, k, v, o are 200 x 200, that is 2 x 2 tiles each; gate, up 300 x 200, down 200 x
        // 300.
        Transformer model = Models.llama(1, 200, 1, 1, 200, 300, 10);
        long matrices = 4 * 200 * 200 + 3 * 200 * 300;
        long scales = 4 * 4 + 3 * 3 * 2;
        long rest = 2 * 10 * 200 + 3 * 200;
        assertThat(bytes(model, "fp8-block")).isEqualTo(matrices + 4 * scales + 2 * rest);
    }

    /// Published: 41,540,496 scales in DeepSeek-V3's files, one further-token layer's included.
    @Test
    void deepSeeksScalesAreAsManyAsItsFilesHold() {
        long attention = 12 * 56 + 192 * 12 + 5 * 56 + 256 * 4 + 56 * 128;
        long experts = 257 * 3 * 16 * 56;
        long scales = 41_540_496 - (attention + experts);
        assertThat(scales).isEqualTo(61 * attention + 3 * 3 * 144 * 56 + 58 * experts);
        long quantized = 0;
        long rest = 0;
        for (WeightBytes.Group group : WeightBytes.of(Models.deepSeekV3(), WeightFormat.named("fp8-block"))
                .groups()) {
            boolean matrices = group.group() == TensorGroup.MATRICES || group.group() == TensorGroup.EXPERTS;
            quantized += matrices ? group.parameters() : 0;
            rest += matrices ? 0 : group.parameters();
        }
        assertThat(bytes(Models.deepSeekV3(), "fp8-block")).isEqualTo(quantized + 4 * scales + 2 * rest + 2 * 58 * 256);
    }

    @Test
    void aPlainTypeInBlocksPadsEachRow() {
        // Rows of 3 four-bit values take two bytes; so do vectors of 3.
        Transformer model = Models.llama(1, 3, 1, 1, 3, 3, 5);
        long rows = 7 * 3 + 2 * 5 + 3;
        assertThat(WeightBytes.of(model, WeightFormat.plain(DataType.I4)).total())
                .isEqualTo(new Bytes(2 * rows));
    }

    @Test
    void fourBitGroupsHoldScalesAndZeros() {
        Transformer model = Models.llama(1, 256, 2, 2, 128, 512, 10);
        long matrices = 4 * 256 * 256 + 3 * 256 * 512;
        // For each 128 inputs and each output a scale of 2 B and a zero of half a byte.
        long groups = matrices / 128;
        long rest = 2 * (2 * 10 * 256 + 3 * 256);
        assertThat(bytes(model, "awq")).isEqualTo(matrices / 2 + groups * 2 + groups / 2 + rest);
        long inputs = 6 * 256 + 512;
        assertThat(bytes(model, "gptq")).isEqualTo(bytes(model, "awq") + 4 * inputs);
        // A table of 16 values for each of the seven matrices; then one of 256 too, and an offset.
        assertThat(bytes(model, "nf4")).isEqualTo(matrices / 2 + matrices / 64 * 4 + 7 * 64 + rest);
        assertThat(bytes(model, "nf4-double"))
                .isEqualTo(matrices / 2 + matrices / 64 + matrices / 64 / 256 * 4 + 7 * (64 + 1024 + 4) + rest);
        assertThat(bytes(model, "nvfp4")).isEqualTo(matrices / 2 + matrices / 16 + 7 * 4 + rest);
    }

    /// gpt-oss-20b: mxfp4 blocks of 17 B for 32, rows of 2880 elements, all else in bf16.
    @Test
    void mxfp4HoldsExpertsOnly() {
        long experts = 24L * 32 * 3 * 2880 * 2880;
        long total = ParameterCount.of(Models.gptOss20B()).total();
        assertThat(total).isEqualTo(20_914_757_184L);
        assertThat(bytes(Models.gptOss20B(), "mxfp4")).isEqualTo(experts / 32 * 17 + 2 * (total - experts));
    }

    @Test
    void mxfp4ConvertsTheLayersWhereThereAreNoExpertsAndSaysSo() {
        Transformer model = Models.llama(1, 256, 2, 2, 128, 512, 10);
        long matrices = 4 * 256 * 256 + 3 * 256 * 512;
        assertThat(bytes(model, "mxfp4")).isEqualTo(matrices / 32 * 17 + 2 * (2 * 10 * 256 + 3 * 256));
        assertThat(WeightBytes.of(model, WeightFormat.named("mxfp4")).convention())
                .hasValueSatisfying(said -> assertThat(said)
                        .contains("655,360 parameters, the layers' matrices, since there are no experts;"));
    }

    /// File sizes on the model page of Llama-2-7B's GGUF files (TheBloke, 2023), in decimal gigabytes: two decimals
    /// are published, and a file's header takes less than a megabyte.
    @ParameterizedTest
    @CsvSource({
        "q3_k_m, 3.30",
        "q4_0, 3.83",
        "q4_k_s, 3.86",
        "q4_k_m, 4.08",
        "q5_0, 4.65",
        "q5_k_s, 4.65",
        "q5_k_m, 4.78",
        "q6_k, 5.53",
        "q8_0, 7.16"
    })
    void ggufMixturesComeOutAsPublished(String format, double gigabytes) {
        assertThat(bytes(Models.llama2With7B(), format) / 1e9).isCloseTo(gigabytes, within(0.006));
    }

    @Test
    void rowsThatBlocksDoNotDivideFallBack() {
        // Rows of 96 elements: three blocks of 32 in q5_0 instead of q4_k, nothing in 256s.
        Transformer model = Models.llama(1, 96, 1, 1, 96, 96, 10);
        long rows = 7 * 96;
        long bytesOfRows = rows * 3 * 22;
        long down = 96 * 3 * (34 - 22); // more bits in the only layer: q6_k, so q8_0
        long value = 96 * 3 * (34 - 22);
        long embedding = 10 * 3 * 22;
        long head = 10 * 3 * 34;
        assertThat(bytes(model, "q4_k_m")).isEqualTo(bytesOfRows + down + value + embedding + head + 4 * 3 * 96);
    }

    @Test
    void anUnknownFormatNamesTheKnownOnes() {
        assertThatThrownBy(() -> WeightFormat.named("q9"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("bf16")
                .hasMessageContaining("q4_k_m");
    }
}
