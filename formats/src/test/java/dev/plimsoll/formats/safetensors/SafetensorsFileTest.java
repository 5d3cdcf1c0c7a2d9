package dev.plimsoll.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredFile;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    @Test
    void tensorsHaveTheirTypeShapeAndBytes() {
        byte[] bytes = new SafetensorsWriter()
                .entry("\"__metadata__\":{\"format\":\"pt\"}")
                .tensor("embed.weight", "BF16", 10, 4)
                .tensor("scale", "F32")
                .tensor("empty", "I64", 3, 0)
                .tensor("packed", "F4", 3, 2)
                .bytes();

        Checkpoint checkpoint = read(bytes);

        assertThat(checkpoint.tensors())
                .containsExactly(
                        tensor("embed.weight", DataType.BF16, 10 * 4 * 2, 10, 4),
                        tensor("scale", DataType.F32, 4),
                        tensor("empty", DataType.I64, 0, 3, 0),
                        tensor("packed", DataType.F4, 3 * 2 / 2, 3, 2));
        assertThat(checkpoint.elements()).isEqualTo(10 * 4 + 1 + 0 + 3 * 2);
        assertThat(checkpoint.tensorBytes()).isEqualTo(new Bytes(80 + 4 + 0 + 3));
        assertThat(checkpoint.files()).containsExactly(new StoredFile("model.safetensors", new Bytes(bytes.length)));
        assertThat(checkpoint.metadata()).isEqualTo(Map.of("format", "pt"));
        assertThat(checkpoint.notes()).isEmpty();
    }

    @Test
    void tensorsMayStandInTheHeaderInAnyOrderAndItMayBePadded() {
        byte[] bytes = SafetensorsWriter.raw(
                "{\"b\":{\"data_offsets\":[2,4],\"shape\":[2],\"dtype\":\"U8\"},"
                        + "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}   ",
                4);

        assertThat(read(bytes).tensors())
                .containsExactly(tensor("b", DataType.U8, 2, 2), tensor("a", DataType.U8, 2, 2));
    }

    @Test
    void longMetadataIsLeftOutAndANoteSaysSo() {
        byte[] bytes = new SafetensorsWriter()
                .entry("\"__metadata__\":{\"long\":\"" + "x".repeat(5000) + "\",\"short\":\"y\"}")
                .bytes();

        assertThat(read(bytes).metadata()).isEqualTo(Map.of("short", "y"));
        assertThat(read(bytes).notes()).containsExactly("1 long or surplus entries of the metadata were left out.");
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1L, 100_000_001L})
    void aLyingLengthIsRefusedBeforeAnythingIsRead(long length) {
        byte[] bytes = new SafetensorsWriter().tensor("a", "U8", 4).bytes();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(bytes))
                .withMessage("model.safetensors: header of " + Long.toUnsignedString(length)
                        + " bytes, expected at most 100,000,000");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = new SafetensorsWriter()
                .tensor("a", "F32", 4)
                .tensor("b", "F16", 3)
                .bytes();

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(InputException.class).isThrownBy(() -> read(cut));
        }
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1)))
                .withMessageContaining("found 23 bytes of data, expected 22");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}  | tensor b: data begin at 1, expected 2
            "a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}  | tensor b: data begin at 3, expected 2
            "a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}  | tensor a: found a second time
            "a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}                       | found -4 bytes, expected those of u8 [4]
            "a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}                      | found 4 bytes, expected those of f32 [4]
            "a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}                       | found 4 bytes of data, expected 5
            "a":{"dtype":"U8","shape":[4],"data_offsets":[0,9223372036854775807]}     | found 9223372036854775807 bytes
            "a":{"dtype":"U8","shape":[4],"data_offsets":[0,18446744073709551615]}    | past 2^63 - 1
            "a":{"dtype":"U8","shape":[4],"data_offsets":[0]}                         | found 1 offsets
            "a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,4]}                     | more than two offsets
            "a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}   | more than 2^63 - 1 elements
            "a":{"dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,0]}    | found 0 bytes
            "a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}                      | a.shape[0]: found -4
            "a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}                     | a.shape[0]: found 4.0
            "a":{"dtype":"U8","shape":"4","data_offsets":[0,4]}                       | a.shape: found a text, expected a list
            "a":{"dtype":"F4","shape":[7],"data_offsets":[0,4]}                       | found 4 bytes, expected those of f4 [7]
            "a":{"dtype":"Q9","shape":[4],"data_offsets":[0,4]}                       | a.dtype: unknown type Q9, expected one of BF16 BOOL
            "a":{"dtype":"U8","shape":[4]}                                            | tensor a: expected dtype, shape and data_offsets
            "a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}          | a.dtype: found a second time
            "a":[1]                                                                   | a: found a list, expected an object
            "__metadata__":{"n":1}                                                    | __metadata__.n: found 1, expected a text
            "__metadata__":{},"__metadata__":{}                                       | __metadata__: found a second time
            """, quoteCharacter = '`')
    void everyLieOfAHeaderIsNamed(String entries, String cause) {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(SafetensorsWriter.raw("{" + entries + "}", 4)))
                .withMessageStartingWith("model.safetensors: ")
                .withMessageContaining(cause);
    }

    @Test
    void aHeaderThatIsNoObjectOrHasMoreBehindItIsRefused() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(SafetensorsWriter.raw(" {}", 0)))
                .withMessageContaining("does not start with {");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(SafetensorsWriter.raw("{}{}", 0)))
                .withMessageContaining("found more");
    }

    @Test
    void aShapeOfManySizesIsRefusedBeforeItIsCollected() {
        String shape = "1,".repeat(1_000_000) + "1";

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(SafetensorsWriter.raw(
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + shape + "],\"data_offsets\":[0,1]}}", 1)))
                .withMessageContaining("more than 32 sizes");
    }

    @Test
    void tooManyTensorsAreRefusedBeforeTheyFillTheMemory() {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= 400_000; i++) {
            header.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(i)
                    .append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        byte[] bytes = SafetensorsWriter.raw(header.append('}').toString(), 0);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(bytes))
                .withMessageContaining("more than 400,000 tensors");
    }

    private static Checkpoint read(byte[] bytes) {
        return SafetensorsFile.read(MemorySource.of("model.safetensors", bytes), "model.safetensors");
    }

    private static StoredTensor tensor(String name, DataType type, long bytes, long... sizes) {
        return new StoredTensor(name, type, Dimensions.of(sizes), new Bytes(bytes), "model.safetensors");
    }
}
