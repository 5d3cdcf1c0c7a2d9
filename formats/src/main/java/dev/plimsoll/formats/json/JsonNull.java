package dev.plimsoll.formats.json;

/// `null`: said to be nothing, which differs from not being said.
public record JsonNull() implements JsonValue {}
