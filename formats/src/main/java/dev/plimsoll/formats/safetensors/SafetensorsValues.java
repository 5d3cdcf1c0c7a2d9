package dev.plimsoll.formats.safetensors;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.checkpoint.Span;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// The values of one safetensors file, tensor by tensor, widened to f32.
///
/// The source is the caller's, who closes it when everything is read.
public final class SafetensorsValues {
    /// Elements read at once.
    private static final int PIECE = 1 << 16;

    private final ByteSource source;
    private final Checkpoint checkpoint;
    private final Map<String, StoredTensor> tensors = new HashMap<>();
    private final Map<String, Long> begins = new HashMap<>();

    private SafetensorsValues(ByteSource source, String fileName) {
        this.source = source;
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.SAFETENSORS);
        for (Span span : SafetensorsHeader.read(source, fileName, builder)) {
            begins.put(span.tensor(), span.begin());
        }
        this.checkpoint = builder.build();
        checkpoint.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    /// Reads the header.
    ///
    /// @param fileName what the tensors name as their file
    /// @throws InputException when the header is not what its format says
    public static SafetensorsValues of(ByteSource source, String fileName) {
        return new SafetensorsValues(source, fileName);
    }

    /// What the header says.
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /// One tensor's elements, the innermost dimension fastest.
    ///
    /// @throws InputException where there is no such tensor, it is neither f32, bf16 nor f16, has more than 2^31 - 1
    ///     elements, or cannot be read
    public float[] read(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw broken(name, "not in the file, expected once");
        }
        requireWidened(tensor);
        if (tensor.elements() > Integer.MAX_VALUE) {
            throw InputException.unsupported(
                    cause(name, "found " + Numbers.grouped(tensor.elements()) + " elements, expected at most 2^31 - 1"),
                    "Read a smaller model.");
        }
        float[] elements = new float[Math.toIntExact(tensor.elements())];
        long begin = Objects.requireNonNull(begins.get(name), name);
        int width = tensor.type().blockBytes();
        for (int at = 0; at < elements.length; at += PIECE) {
            int count = Math.min(PIECE, elements.length - at);
            widen(tensor.type(), source.read(begin + (long) at * width, count * width), elements, at, count);
        }
        return elements;
    }

    private void requireWidened(StoredTensor tensor) {
        DataType type = tensor.type();
        if (!type.equals(DataType.F32) && !type.equals(DataType.BF16) && !type.equals(DataType.F16)) {
            throw InputException.unsupported(
                    cause(tensor.name(), "found values of " + type.name() + ", expected f32, bf16 or f16"),
                    "Convert the model to one of these.");
        }
    }

    private static void widen(DataType type, ByteBuffer bytes, float[] elements, int at, int count) {
        if (type.equals(DataType.F32)) {
            bytes.asFloatBuffer().get(elements, at, count);
        } else if (type.equals(DataType.BF16)) {
            for (int i = 0; i < count; i++) {
                elements[at + i] = Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
            }
        } else {
            for (int i = 0; i < count; i++) {
                elements[at + i] = Float.float16ToFloat(bytes.getShort(2 * i));
            }
        }
    }

    private InputException broken(String tensor, String found) {
        return InputException.unreadable(cause(tensor, found), "Give a file of this model.");
    }

    private String cause(String tensor, String found) {
        return source.name() + ": tensor " + Text.printable(tensor) + ": " + found;
    }
}
