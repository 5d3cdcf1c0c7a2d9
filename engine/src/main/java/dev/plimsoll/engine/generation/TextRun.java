package dev.plimsoll.engine.generation;

/// Neighbours in a text.
///
/// @param from the text index of the first token, counted from 0
/// @param to that of the token after the last
public record TextRun(int from, int to) {
    public TextRun {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("tokens from " + from + " to " + to);
        }
    }

    public int tokens() {
        return to - from;
    }
}
