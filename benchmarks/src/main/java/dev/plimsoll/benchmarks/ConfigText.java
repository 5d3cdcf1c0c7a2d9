package dev.plimsoll.benchmarks;

import dev.plimsoll.formats.json.JsonArray;
import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNull;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import java.util.stream.Collectors;

/// Writes a config of the catalogue as the text of a config.json.
final class ConfigText {
    private ConfigText() {}

    static String of(JsonValue value) {
        return switch (value) {
            case JsonObject object ->
                object.members().entrySet().stream()
                        .map(member -> quoted(member.getKey()) + ": " + of(member.getValue()))
                        .collect(Collectors.joining(",\n", "{\n", "\n}"));
            case JsonArray array ->
                array.elements().stream().map(ConfigText::of).collect(Collectors.joining(", ", "[", "]"));
            case JsonText(String text) -> quoted(text);
            case JsonNumber(String text) -> text;
            case JsonBoolean(boolean truth) -> Boolean.toString(truth);
            case JsonNull() -> "null";
        };
    }

    /// Configs of the catalogue hold names, and no control characters.
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
