package dev.plimsoll.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.MemoryFolder;
import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import dev.plimsoll.model.units.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFileTest {
    static Stream<Arguments> versionsAndOrders() {
        return Stream.of(
                Arguments.of(1, ByteOrder.LITTLE_ENDIAN),
                Arguments.of(2, ByteOrder.LITTLE_ENDIAN),
                Arguments.of(3, ByteOrder.LITTLE_ENDIAN),
                Arguments.of(3, ByteOrder.BIG_ENDIAN));
    }

    @ParameterizedTest
    @MethodSource("versionsAndOrders")
    void everyVersionAndByteOrderSaysTheSame(int version, ByteOrder order) {
        GgufFile file = read(new GgufWriter(version, order)
                .text("general.architecture", "llama")
                .u32("llama.block_count", 2)
                .i32s("llama.attention.head_count_kv", 4, 0)
                .f32("llama.rope.freq_base", 10_000)
                .bool("llama.attention.causal", 1)
                .u64("llama.huge", -1)
                .tokens("tokenizer.ggml.tokens", 5000)
                .tensor("token_embd.weight", "q4_0", 10, 64)
                .tensor("output_norm.weight", "f32", 64)
                .tensor("blk.0.ffn_up_exps.weight", "q4_k", 3, 5, 256)
                .bytes());

        assertThat(file.version()).isEqualTo(version);
        assertThat(file.order()).isEqualTo(order);
        GgufMetadata metadata = file.metadata();
        assertThat(metadata.text("general.architecture")).contains("llama");
        assertThat(metadata.whole("llama.block_count")).isEqualTo(OptionalLong.of(2));
        assertThat(metadata.perLayer("llama.attention.head_count_kv", 2)).contains(List.of(4L, 0L));
        assertThat(metadata.perLayer("llama.block_count", 3)).contains(List.of(2L, 2L, 2L));
        assertThat(metadata.real("llama.rope.freq_base")).isEqualTo(OptionalDouble.of(10_000));
        assertThat(metadata.flag("llama.attention.causal")).contains(true);
        assertThat(metadata.arrayLength("tokenizer.ggml.tokens")).isEqualTo(OptionalLong.of(5000));
        assertThat(metadata.value("llama.huge"))
                .contains(new GgufValue.Whole(BigInteger.TWO.pow(64).subtract(BigInteger.ONE)));
        assertThat(metadata.whole("llama.none")).isEmpty();

        assertThat(file.checkpoint().tensors())
                .containsExactly(
                        tensor("token_embd.weight", GgmlTypes.Q4_0, 10 * 64 / 32 * 18, 10, 64),
                        tensor("output_norm.weight", DataType.F32, 64 * 4, 64),
                        tensor(
                                "blk.0.ffn_up_exps.weight",
                                GgmlTypes.byName("q4_k").orElseThrow(),
                                3 * 5 * 144,
                                3,
                                5,
                                256));
        assertThat(file.checkpoint().metadata()).isEqualTo(Map.of("general.architecture", "llama"));
        assertThat(file.checkpoint().notes()).isEmpty();
    }

    @Test
    void aFileOfOnlyAVocabularyHasNoTensors() {
        assertThat(read(new GgufWriter().tokens("tokenizer.ggml.tokens", 3).bytes())
                        .checkpoint()
                        .tensors())
                .isEmpty();
    }

    @Test
    void longTextsAndArraysAreKnownByTheirLengthOnly() {
        GgufMetadata metadata = read(new GgufWriter()
                        .text("long", "x".repeat(65_537))
                        .i32s("many", new int[4097])
                        .i32s("few", new int[4096])
                        .nested("nested", 3)
                        .bytes())
                .metadata();

        assertThat(metadata.value("long")).contains(new GgufValue.Skipped(65_537));
        assertThat(metadata.value("many")).contains(new GgufValue.Skipped(4097));
        assertThat(metadata.value("nested")).contains(new GgufValue.Skipped(1));
        assertThat(metadata.perLayer("few", 4096).orElseThrow()).hasSize(4096);
    }

    @Test
    void aValueOfAnotherTypeIsNamedWithWhatWasFound() {
        GgufMetadata metadata = read(new GgufWriter()
                        .text("a", "b")
                        .i32s("c", 1, 2)
                        .u64("d", -1)
                        .bytes())
                .metadata();

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.whole("a"))
                .withMessage("model.gguf: a: found \"b\", expected a whole number below 2^63");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.perLayer("c", 3))
                .withMessage(
                        "model.gguf: c: found an array of 2, expected one whole number, or one for each of 3 layers");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.whole("d"))
                .withMessageContaining("found 18446744073709551615");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.text("c"))
                .withMessageContaining("expected a text");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.flag("c"))
                .withMessageContaining("expected true or false");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.real("c"))
                .withMessageContaining("expected a number");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> metadata.arrayLength("a"))
                .withMessageContaining("expected an array");
    }

    @Test
    void dataThatBelongsToNoTensorIsNoted() {
        byte[] bytes = new GgufWriter().tensor("a", "f32", 8).bytes();

        assertThat(read(Arrays.copyOf(bytes, bytes.length + 7)).checkpoint().notes())
                .containsExactly("model.gguf has 7 bytes of data that belong to no tensor.");
    }

    @Test
    void everyTruncationOfHeaderOrDataIsRefused() {
        byte[] bytes = new GgufWriter()
                .text("general.architecture", "llama")
                .i32s("a", 1, 2)
                .tensor("a", "f32", 8)
                .bytes();

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(InputException.class).isThrownBy(() -> read(cut));
        }
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("5000000000 tensors, expected no more", writer -> writer.counts(5_000_000_000L, 0)),
                lie("18446744073709551615 metadata entries", writer -> writer.counts(0, -1)),
                lie("key a: found a second time", writer -> writer.u32("a", 1).u32("a", 1)),
                lie("unknown type 13, expected 0 to 12", writer -> writer.entry("a", 13, _ -> {})),
                lie("unknown type 4294967295", writer -> writer.entry("a", -1, _ -> {})),
                lie(
                        "9223372036854775807 bytes of text",
                        writer -> writer.entry("a", 8, out -> lengths(out, Long.MAX_VALUE))),
                lie(
                        "9223372036854775808 bytes of text",
                        writer -> writer.entry("a", 8, out -> lengths(out, Long.MIN_VALUE))),
                lie(
                        "4611686018427387904 elements of an array",
                        writer -> writer.entry("a", 9, out -> {
                            out.writeBytes(new byte[] {12, 0, 0, 0});
                            lengths(out, 1L << 62);
                        })),
                lie("arrays nested more than 4 deep", writer -> writer.nested("a", 6)),
                lie("arrays nested more than 4 deep", writer -> writer.nested("a", 100_000)),
                lie("key of 65537 bytes", writer -> writer.u32("k".repeat(65_537), 1)),
                lie("more than 16 MiB of metadata", writer -> {
                    for (int i = 0; i < 200; i++) {
                        writer.u32(i + "k".repeat(60_000), 1);
                    }
                    return writer;
                }),
                lie("general.alignment is 0", writer -> writer.alignment(0)),
                lie("general.alignment is 24", writer -> writer.alignment(24)),
                lie("general.alignment is 2147483648", writer -> writer.u32("general.alignment", 1L << 31)),
                lie("general.alignment: found \"32\"", writer -> writer.text("general.alignment", "32")),
                lie(
                        "tensor a: found a second time",
                        writer -> writer.tensor("a", "f32", 8).tensor("a", "f32", 8)),
                lie("tensor name of 65 bytes", writer -> writer.tensor("n".repeat(65), "f32", 8)),
                lie("tensor a: 5 sizes", writer -> writer.rawTensor("a", 0, 0, 1, 1, 1, 1, 1)),
                lie("tensor a: size 18446744073709551615", writer -> writer.rawTensor("a", 0, 0, -1)),
                lie("tensor a: more than 2^63 - 1 elements", writer -> writer.rawTensor("a", 0, 0, 1L << 32, 1L << 32)),
                lie("tensor a: more than 2^63 - 1 bytes", writer -> writer.rawTensor("a", 0, 0, 1L << 62)),
                lie(
                        "tensor a: rows of 33 elements, expected whole blocks of 32 for q4_0",
                        writer -> writer.rawTensor("a", 2, 0, 33, 32)),
                lie("tensor a: data at offset 8, expected a multiple of 32", writer -> writer.rawTensor("a", 0, 8, 1)),
                lie("tensor a: data at offset 18446744073709551584", writer -> writer.rawTensor("a", 0, -32, 1)),
                lie("tensor a: data end past 2^63 - 1", writer -> writer.rawTensor("a", 0, Long.MAX_VALUE - 31, 64)),
                lie(
                        "tensor a: data end at byte 36 of the data, expected at most",
                        writer -> writer.rawTensor("a", 0, 32, 1)),
                lie(
                        "tensor b: data begin at byte 32 of the data, expected no less than 64",
                        writer -> writer.tensor("a", "f32", 16).rawTensor("b", 0, 32, 4)));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void everyLieOfAHeaderIsNamed(String cause, UnaryOperator<GgufWriter> lie) {
        byte[] bytes = lie.apply(new GgufWriter()).bytes();

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageStartingWith("model.gguf: ")
                .withMessageContaining(cause);
    }

    @Test
    void unknownAndRemovedTypesAreNamedWithTheirTensorAndNumber() {
        for (int type : new int[] {4, 5, 31, 36, 43, -1}) {
            byte[] bytes = new GgufWriter().rawTensor("blk.0", type, 0, 32).bytes();

            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> read(bytes))
                    .withMessageContaining("tensor blk.0: type number " + Integer.toUnsignedString(type))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED));
        }
    }

    @Test
    void otherFilesAndVersionsAreRefused() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("<html></html>".getBytes(StandardCharsets.US_ASCII)))
                .withMessageContaining("starts with 3c68746d, expected GGUF");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(new GgufWriter(4, ByteOrder.LITTLE_ENDIAN).bytes()))
                .withMessageContaining("GGUF version 4, expected 1, 2 or 3");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(new GgufWriter(0, ByteOrder.LITTLE_ENDIAN).bytes()))
                .withMessageContaining("GGUF version 0");
    }

    private static Arguments lie(String cause, UnaryOperator<GgufWriter> lie) {
        return Arguments.of(cause, lie);
    }

    private static void lengths(ByteArrayOutputStream out, long value) {
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    private static GgufFile read(byte[] bytes) {
        return GgufFile.read(MemorySource.of("model.gguf", bytes), "model.gguf", new MemoryFolder(Map.of()));
    }

    private static StoredTensor tensor(String name, DataType type, long bytes, long... sizes) {
        return new StoredTensor(name, type, Dimensions.of(sizes), new Bytes(bytes), "model.gguf");
    }
}
