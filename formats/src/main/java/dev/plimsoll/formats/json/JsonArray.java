package dev.plimsoll.formats.json;

import java.util.List;

/// A list of values.
public record JsonArray(List<JsonValue> elements) implements JsonValue {
    public JsonArray {
        elements = List.copyOf(elements);
    }
}
