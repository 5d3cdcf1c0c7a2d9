package dev.plimsoll.formats.safetensors;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.source.WholeFile;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// Writes safetensors files, all of a file or nothing.
public final class SafetensorsOutput {
    /// Elements encoded at once.
    private static final int PIECE = 1 << 16;

    private SafetensorsOutput() {}

    /// A tensor to be written.
    ///
    /// @param type f32, or bf16 for elements that are exact in it
    /// @param elements asked for when it is written; the innermost dimension fastest
    public record Tensor(String name, DataType type, Dimensions dimensions, Supplier<float[]> elements) {}

    /// Writes tensors one behind another; the file is there when all are written, and else as it was.
    ///
    /// @throws InputException when the file cannot be written
    public static void write(Path file, List<Tensor> tensors) {
        SafetensorsText header = new SafetensorsText();
        tensors.forEach(tensor -> header.tensor(tensor.name(), tensor.type(), tensor.dimensions()));
        WholeFile.write(file, out -> {
            out.write(header.bytes());
            for (Tensor tensor : tensors) {
                write(tensor, out);
            }
        });
    }

    private static void write(Tensor tensor, OutputStream out) throws IOException {
        float[] elements = tensor.elements().get();
        if (elements.length != tensor.dimensions().elements()) {
            throw new IllegalArgumentException(tensor.name() + " has " + elements.length + " elements and not "
                    + tensor.dimensions().elements());
        }
        for (int at = 0; at < elements.length; at += PIECE) {
            int count = Math.min(PIECE, elements.length - at);
            ByteBuffer bytes =
                    ByteBuffer.allocate(count * tensor.type().blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = at; i < at + count; i++) {
                put(tensor, elements[i], bytes);
            }
            out.write(bytes.array());
        }
    }

    private static void put(Tensor tensor, float element, ByteBuffer bytes) {
        int bits = Float.floatToRawIntBits(element);
        if (tensor.type().equals(DataType.F32)) {
            bytes.putInt(bits);
        } else if (tensor.type().equals(DataType.BF16) && (bits & 0xffff) == 0) {
            bytes.putShort((short) (bits >>> 16));
        } else {
            throw new IllegalArgumentException(tensor.name() + ": " + element + " is not written as "
                    + tensor.type().name());
        }
    }
}
