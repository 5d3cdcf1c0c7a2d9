package dev.plimsoll.engine.generation;

/// At which position a token stands: what a rotation turns its query and key by, or which learned vector is added.
///
/// Keys are kept as they were turned when they came, so a token's position must not change as the text grows.
@FunctionalInterface
public interface PositionPolicy {
    /// Where the token stands in its text, counted from 0.
    PositionPolicy TEXT_INDEX = textIndex -> textIndex;

    int position(int textIndex);
}
