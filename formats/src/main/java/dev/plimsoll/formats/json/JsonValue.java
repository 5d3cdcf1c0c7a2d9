package dev.plimsoll.formats.json;

import dev.plimsoll.model.units.Text;

/// A JSON value that was read.
public sealed interface JsonValue permits JsonObject, JsonArray, JsonText, JsonNumber, JsonBoolean, JsonNull {

    /// What it is, for an error that found it in the wrong place: `an object`, `"text"`, `12`; safe to print.
    default String describe() {
        return switch (this) {
            case JsonObject _ -> "an object";
            case JsonArray array -> "a list of " + array.elements().size();
            case JsonText(String value) -> '"' + Text.printable(value) + '"';
            case JsonNumber(String text) -> Text.printable(text);
            case JsonBoolean(boolean value) -> Boolean.toString(value);
            case JsonNull() -> "null";
        };
    }
}
