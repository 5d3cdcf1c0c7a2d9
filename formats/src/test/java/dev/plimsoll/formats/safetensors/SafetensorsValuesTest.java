package dev.plimsoll.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsValuesTest {
    @TempDir
    private Path folder;

    @Test
    void sixteenBitFloatsAreWidened() {
        byte[] bytes = new SafetensorsWriter()
                .tensor("bf16", "BF16", 2)
                .tensor("f16", "F16", 2)
                .bytes();
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(bytes.length - 8)
                .putShort((short) 0x3fc0) // sign 0, exponent 127, fraction 1/2
                .putShort((short) 0xc000) // sign 1, exponent 128
                .putShort((short) 0x3e00) // sign 0, exponent 15, fraction 1/2
                .putShort((short) 0xc000); // sign 1, exponent 16

        SafetensorsValues values = SafetensorsValues.of(MemorySource.of("m.safetensors", bytes), "m.safetensors");

        assertThat(values.read("bf16")).containsExactly(1.5f, -2f);
        assertThat(values.read("f16")).containsExactly(1.5f, -2f);
    }

    @Test
    void whatIsWrittenIsReadAgainAcrossPieces() {
        float[] many = new float[70_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = i / 7f;
        }
        Path file = folder.resolve("below/m.safetensors");
        SafetensorsOutput.write(
                file,
                List.of(
                        new SafetensorsOutput.Tensor("many", DataType.F32, Dimensions.of(700, 100), () -> many),
                        new SafetensorsOutput.Tensor(
                                "exact", DataType.BF16, Dimensions.of(2), () -> new float[] {-0.5f, 3})));

        try (ByteSource source = FileSource.open(file)) {
            SafetensorsValues values = SafetensorsValues.of(source, "m.safetensors");
            assertThat(values.read("many")).isEqualTo(many);
            assertThat(values.read("exact")).containsExactly(-0.5f, 3);
            assertThat(values.checkpoint().tensors().getFirst().dimensions()).isEqualTo(Dimensions.of(700, 100));
        }
    }

    @Test
    void aTensorThatThereIsNotAndATypeThatIsNotWidenedAreNamed() {
        byte[] bytes = new SafetensorsWriter().tensor("scale", "F8_E4M3", 2).bytes();
        SafetensorsValues values = SafetensorsValues.of(MemorySource.of("m.safetensors", bytes), "m.safetensors");

        assertThatThrownBy(() -> values.read("weight"))
                .isInstanceOf(InputException.class)
                .hasMessage("m.safetensors: tensor weight: not in the file, expected once");
        assertThatThrownBy(() -> values.read("scale"))
                .isInstanceOf(InputException.class)
                .hasMessage("m.safetensors: tensor scale: found values of f8_e4m3, expected f32, bf16 or f16");
    }

    @Test
    void aValueThatWouldBeRoundedIsNotWritten() {
        assertThatThrownBy(() -> SafetensorsOutput.write(
                        folder.resolve("m.safetensors"),
                        List.of(new SafetensorsOutput.Tensor(
                                "third", DataType.BF16, Dimensions.of(1), () -> new float[] {1 / 3f}))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("third: 0.33333334 is not written as bf16");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        Path file = Path.of("/dev/null/m.safetensors");
        assertThatThrownBy(() -> SafetensorsOutput.write(file, List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("/dev/null/m.safetensors: cannot be written");
    }
}
