package dev.plimsoll.formats.json;

/// The kinds of JSON values.
public enum JsonKind {
    OBJECT("an object"),
    ARRAY("a list"),
    TEXT("a text"),
    NUMBER("a number"),
    BOOLEAN("true or false"),
    NULL("null");

    private final String description;

    JsonKind(String description) {
        this.description = description;
    }

    /// For errors, with its article: `an object`.
    public String description() {
        return description;
    }
}
