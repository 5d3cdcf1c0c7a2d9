package dev.plimsoll.formats.json;

/// `true` or `false`.
public record JsonBoolean(boolean value) implements JsonValue {}
