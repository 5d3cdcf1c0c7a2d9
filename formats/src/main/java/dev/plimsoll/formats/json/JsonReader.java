package dev.plimsoll.formats.json;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Reads a small JSON text, such as a config, to a tree.
///
/// At most 16 MiB and 500,000 values, so that no text needs more than half of a 256 MiB heap. Beyond the limits of
/// [JsonCursor] it refuses a key given twice and anything after the value.
public final class JsonReader {
    private static final int LONGEST = 16 << 20;
    private static final int MOST_VALUES = 500_000;

    private final JsonCursor cursor;
    private int values;

    private JsonReader(JsonCursor cursor) {
        this.cursor = cursor;
    }

    /// Reads the stream to its end, which may be a pipe's; it is not closed.
    ///
    /// @param name what errors call the input
    /// @throws InputException when it cannot be read, is larger than 16 MiB, or is not one JSON value
    public static JsonValue read(String name, InputStream text) {
        byte[] bytes;
        try {
            bytes = text.readNBytes(LONGEST + 1);
        } catch (IOException failure) {
            throw InputException.unreadable(
                    name + ": cannot be read: " + Text.printable(String.valueOf(failure.getMessage())),
                    "Check that it is a file or a pipe that holds JSON.");
        }
        return read(name, bytes);
    }

    /// Reads a text that is in memory.
    ///
    /// @param name what errors call the input
    /// @throws InputException when the text is larger than 16 MiB, or is not one JSON value
    public static JsonValue read(String name, byte[] text) {
        if (text.length > LONGEST) {
            throw InputException.unreadable(
                    name + ": more than 16 MiB of JSON, expected a config of some kilobytes",
                    "Give the model's config.json.");
        }
        JsonCursor cursor = JsonCursor.open(name, new ByteArrayInputStream(text));
        JsonValue value = new JsonReader(cursor).value();
        cursor.end();
        return value;
    }

    private JsonValue value() {
        if (++values > MOST_VALUES) {
            throw cursor.broken("more than 500,000 values, expected a config of some hundreds");
        }
        return switch (cursor.kind()) {
            case OBJECT -> object();
            case ARRAY -> array();
            case TEXT -> new JsonText(cursor.text());
            case NUMBER -> cursor.number();
            case BOOLEAN -> new JsonBoolean(cursor.truth());
            case NULL -> new JsonNull();
        };
    }

    private JsonObject object() {
        LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
        cursor.enterObject();
        while (cursor.nextMember()) {
            String key = cursor.key();
            if (members.containsKey(key)) {
                throw cursor.broken("found a second time, expected once");
            }
            members.put(key, value());
        }
        return new JsonObject(members);
    }

    private JsonArray array() {
        List<JsonValue> elements = new ArrayList<>();
        cursor.enterArray();
        while (cursor.nextElement()) {
            elements.add(value());
        }
        return new JsonArray(elements);
    }
}
