package dev.plimsoll.formats.safetensors;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.model.shape.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The header of a safetensors file that is being written, whose tensors lie one behind another.
public final class SafetensorsText {
    private final List<String> entries = new ArrayList<>();
    private long dataBytes;

    /// Adds a tensor behind the others.
    ///
    /// @throws IllegalArgumentException where the format has no name for its type
    public SafetensorsText tensor(String name, DataType type, Dimensions dimensions) {
        long end = dataBytes + type.bytes(dimensions.elements()).count();
        entry("%s:{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(
                        quoted(name),
                        SafetensorsTypes.nameOf(type),
                        dimensions.toString().replace(" ", ""),
                        dataBytes,
                        end));
        dataBytes = end;
        return this;
    }

    /// Adds text as it is, without its comma.
    public SafetensorsText entry(String json) {
        entries.add(json);
        return this;
    }

    /// Bytes of all tensors so far.
    public long dataBytes() {
        return dataBytes;
    }

    /// What stands before the tensors' bytes: the header's length in 8 bytes, and the header.
    public byte[] bytes() {
        return bytes("{" + String.join(",", entries) + "}");
    }

    /// A header of any text behind its length.
    public static byte[] bytes(String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            if (character < ' ' || character == '"' || character == '\\') {
                quoted.append("\\u%04x".formatted((int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }
}
