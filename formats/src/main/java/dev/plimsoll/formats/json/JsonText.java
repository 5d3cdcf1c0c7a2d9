package dev.plimsoll.formats.json;

/// A text, escapes resolved.
public record JsonText(String value) implements JsonValue {}
