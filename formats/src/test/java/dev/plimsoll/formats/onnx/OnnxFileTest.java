package dev.plimsoll.formats.onnx;

import static dev.plimsoll.formats.fixtures.OnnxWriter.FLOAT;
import static dev.plimsoll.formats.fixtures.OnnxWriter.constant;
import static dev.plimsoll.formats.fixtures.OnnxWriter.externalTensor;
import static dev.plimsoll.formats.fixtures.OnnxWriter.model;
import static dev.plimsoll.formats.fixtures.OnnxWriter.nodeWithGraph;
import static dev.plimsoll.formats.fixtures.OnnxWriter.rawTensor;
import static dev.plimsoll.formats.fixtures.OnnxWriter.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredFile;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.fixtures.MemoryFolder;
import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.formats.fixtures.ProtoWriter;
import dev.plimsoll.formats.source.LocalFolder;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxFileTest {
    private static final MemoryFolder FOLDER = new MemoryFolder(Map.of("model.onnx_data", new byte[100]));

    @Test
    void initializersHaveTheirTypeShapeAndBytes() {
        Checkpoint checkpoint = read(model(new ProtoWriter()
                .message(5, rawTensor("weight", FLOAT, 24, 2, 3))
                .message(5, rawTensor("packed", 22, 2, 3))
                .message(5, rawTensor("scalar", 7, 8))));

        assertThat(checkpoint.tensors())
                .containsExactly(
                        stored("weight", DataType.F32, 2 * 3 * 4, 2, 3),
                        stored("packed", DataType.I4, 2, 3),
                        stored("scalar", DataType.I64, 8));
        assertThat(checkpoint.metadata()).isEqualTo(Map.of("ir_version", "8", "producer_name", "fixture"));
    }

    @Test
    void valuesMayBeListedInsteadOfRaw() {
        Checkpoint checkpoint = read(model(new ProtoWriter()
                .message(5, tensor("floats", FLOAT, 3).bytes(4, new byte[12]))
                .message(5, tensor("single", FLOAT, 2).f32(4, 1).f32(4, 2))
                .message(5, tensor("ints", 6, 3).packed(5, 1, 300, -1))
                .message(5, tensor("longs", 7, 2).number(7, 1).number(7, -1))
                .message(5, tensor("complex", 14, 1).bytes(4, new byte[8]))
                .message(5, tensor("nibbles", 21, 3).packed(5, 1, 2))));

        assertThat(checkpoint.tensors())
                .extracting(tensor -> tensor.bytes().count())
                .containsExactly(3 * 4L, 2 * 4L, 3 * 4L, 2 * 8L, 8L, 2L);
    }

    @Test
    void packedSizesAreSizesToo() {
        ProtoWriter packed =
                new ProtoWriter().packed(1, 2, 3).number(2, FLOAT).text(8, "w").bytes(9, new byte[24]);

        assertThat(read(model(new ProtoWriter().message(5, packed))).tensors())
                .containsExactly(stored("w", DataType.F32, 24, 2, 3));
    }

    @Test
    void constantsAreFoundInNodesInnerGraphsAndFunctions() {
        ProtoWriter inner = new ProtoWriter()
                .message(1, constant("c", rawTensor("", FLOAT, 4, 1)))
                .message(5, rawTensor("w", FLOAT, 4, 1));
        ProtoWriter graph = new ProtoWriter()
                .message(5, rawTensor("w", FLOAT, 8, 2))
                .message(1, constant("c", rawTensor("", FLOAT, 12, 3)))
                .message(1, nodeWithGraph("If", inner));
        byte[] bytes = new ProtoWriter()
                .message(7, graph)
                .message(25, new ProtoWriter().message(7, constant("f", rawTensor("named", FLOAT, 16, 4))))
                .bytes();

        assertThat(read(bytes).tensors())
                .extracting(StoredTensor::name, StoredTensor::elements)
                .containsExactly(
                        tuple("w", 2L), tuple("c", 3L), tuple("c#1", 1L), tuple("w#2", 1L), tuple("named", 4L));
    }

    @Test
    void tensorsThatAreNoConstantsAreNotWeights() {
        ProtoWriter fill = new ProtoWriter()
                .text(4, "ConstantOfShape")
                .message(5, new ProtoWriter().message(5, rawTensor("", FLOAT, 4, 1)));

        assertThat(read(model(new ProtoWriter().message(1, fill))).tensors()).isEmpty();
    }

    @Test
    void textsAreLeftOutWithANote() {
        Checkpoint checkpoint =
                read(model(new ProtoWriter().message(5, tensor("labels", 8, 1).text(6, "cat"))));

        assertThat(checkpoint.tensors()).isEmpty();
        assertThat(checkpoint.notes()).containsExactly("1 tensors of texts are left out.");
    }

    @Test
    void externalDataAreComparedWithTheirFile() {
        Checkpoint checkpoint = read(model(new ProtoWriter()
                .message(5, externalTensor("a", FLOAT, Map.of("location", "model.onnx_data"), 5, 5))
                .message(
                        5,
                        externalTensor(
                                "b",
                                FLOAT,
                                Map.of("location", "model.onnx_data", "offset", "80", "length", "20"),
                                5))));

        assertThat(checkpoint.tensors()).extracting(StoredTensor::file).containsOnly("model.onnx_data");
        assertThat(checkpoint.tensorBytes()).isEqualTo(new Bytes(25 * 4 + 5 * 4));
        assertThat(checkpoint.files()).contains(new StoredFile("model.onnx_data", new Bytes(100)));
    }

    static Stream<Arguments> externalLies() {
        return Stream.of(
                Arguments.of(
                        "values at 81 of model.onnx_data, which has 100 bytes",
                        Map.of("location", "model.onnx_data", "offset", "81")),
                Arguments.of(
                        "values at 9,223,372,036,854,775,807 of",
                        Map.of("location", "model.onnx_data", "offset", "9223372036854775807")),
                Arguments.of(
                        "offset \"9223372036854775808\"",
                        Map.of("location", "model.onnx_data", "offset", "9223372036854775808")),
                Arguments.of("offset \"-1\"", Map.of("location", "model.onnx_data", "offset", "-1")),
                Arguments.of(
                        "length 21 in model.onnx_data, expected 20",
                        Map.of("location", "model.onnx_data", "length", "21")),
                Arguments.of("names a file that is missing", Map.of("location", "other")),
                Arguments.of("expected its location", Map.of()));
    }

    @ParameterizedTest
    @MethodSource("externalLies")
    void everyLieAboutExternalDataIsNamed(String cause, Map<String, String> entries) {
        byte[] bytes = model(new ProtoWriter().message(5, externalTensor("a", FLOAT, entries, 5)));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageContaining(cause);
    }

    @ParameterizedTest
    @CsvSource({"../../etc/passwd", "/etc/passwd"})
    void aLocationThatLeavesTheFolderIsRefused(String location) {
        byte[] bytes = model(new ProtoWriter().message(5, externalTensor("a", FLOAT, Map.of("location", location), 5)));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> OnnxFile.read(
                        MemorySource.of("model.onnx", bytes), "model.onnx", new LocalFolder(Path.of("."))))
                .withMessageContaining("expected a file beside it");
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("found 23 bytes of values, expected 24", rawTensor("a", FLOAT, 23, 2, 3)),
                Arguments.of("found 0 to 0 values, expected 6", tensor("a", FLOAT, 2, 3)),
                Arguments.of(
                        "found 2 to 2 values, expected 6",
                        tensor("a", FLOAT, 2, 3).bytes(4, new byte[8])),
                Arguments.of(
                        "found 1 to 2 values, expected 6", tensor("a", 6, 2, 3).packed(5, 1, 2)),
                Arguments.of("sizes [-1], expected none below 0", rawTensor("a", FLOAT, 0, -1)),
                Arguments.of("more than 2^63 - 1 elements", rawTensor("a", FLOAT, 0, 1L << 32, 1L << 32)),
                Arguments.of("more than 2^63 - 1 bytes", rawTensor("a", FLOAT, 0, 1L << 62)),
                Arguments.of("more than 32 sizes", rawTensor("a", FLOAT, 4, new long[33])),
                Arguments.of("more than 32 sizes", new ProtoWriter().packed(1, new long[1_000_000])),
                Arguments.of("initializer without a name", rawTensor("", FLOAT, 4, 1)),
                Arguments.of("is a segment", rawTensor("a", FLOAT, 4, 1).message(3, new ProtoWriter())),
                Arguments.of("value of 9223372036854775807 bytes", new ProtoWriter().length(9, Long.MAX_VALUE)),
                Arguments.of("value of 18446744073709551615 bytes", new ProtoWriter().length(9, -1)),
                Arguments.of("wire type 0, expected 2", new ProtoWriter().number(8, 1)),
                Arguments.of("wire type 2, expected 0", new ProtoWriter().text(2, "1")),
                Arguments.of("wire type 3, expected 0, 1, 2 or 5", new ProtoWriter().raw(0x63)),
                Arguments.of("field number 0", new ProtoWriter().raw(0, 0)),
                Arguments.of("text of 65,537 bytes", tensor("n".repeat(65_537), FLOAT)),
                Arguments.of(
                        "number of more than 64 bits",
                        new ProtoWriter().raw(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)),
                Arguments.of(
                        "number of more than 64 bits",
                        new ProtoWriter().raw(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2)));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void everyLieOfATensorIsNamed(String cause, ProtoWriter initializer) {
        byte[] bytes = model(new ProtoWriter().message(5, initializer));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageStartingWith("model.onnx: ")
                .withMessageContaining(cause);
    }

    @Test
    void unknownTypesAreNamedWithTheirTensorAndNumber() {
        for (long type : new long[] {0, 99, -1}) {
            byte[] bytes = model(new ProtoWriter()
                    .message(5, new ProtoWriter().number(2, type).text(8, "w")));

            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> read(bytes))
                    .withMessageContaining("tensor w: unknown type number " + Long.toUnsignedString(type))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED));
        }
    }

    @Test
    void sparseInitializersAreSaidNotToBeRead() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(model(new ProtoWriter().message(15, new ProtoWriter()))))
                .withMessageContaining("sparse initializer")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED));
    }

    @Test
    void aNameGivenTwiceInTheGraphIsRefused() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(model(new ProtoWriter()
                        .message(5, rawTensor("w", FLOAT, 4, 1))
                        .message(5, rawTensor("w", FLOAT, 4, 1)))))
                .withMessageContaining("tensor w: found a second time");
    }

    @Test
    void graphsNestedWithoutEndAreRefused() {
        ProtoWriter graph = new ProtoWriter();
        for (int depth = 0; depth < 2000; depth++) {
            graph = new ProtoWriter().message(1, nodeWithGraph("If", graph));
        }
        byte[] bytes = model(graph);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageContaining("nested more than 100 deep");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = model(new ProtoWriter().message(5, rawTensor("weight", FLOAT, 24, 2, 3)));

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(InputException.class).isThrownBy(() -> read(cut));
        }
    }

    private static Checkpoint read(byte[] bytes) {
        return OnnxFile.read(MemorySource.of("model.onnx", bytes), "model.onnx", FOLDER);
    }

    private static StoredTensor stored(String name, DataType type, long bytes, long... sizes) {
        return new StoredTensor(name, type, Dimensions.of(sizes), new Bytes(bytes), "model.onnx");
    }
}
