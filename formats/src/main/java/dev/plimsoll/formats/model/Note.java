package dev.plimsoll.formats.model;

/// What a reader of an answer should know, one printable sentence.
public record Note(Level level, String text) {
    /// Who is told.
    public enum Level {
        ALWAYS,
        /// Those who ask for more.
        VERBOSE
    }

    public static Note always(String text) {
        return new Note(Level.ALWAYS, text);
    }

    public static Note verbose(String text) {
        return new Note(Level.VERBOSE, text);
    }
}
