package dev.plimsoll.model.operator;

/// How many tokens become few.
public sealed interface Pooling {
    /// The first token of each sequence (a class token), or the last.
    record One() implements Pooling {}

    /// The mean of so many neighbours.
    record Average(long neighbours) implements Pooling {}

    /// So many neighbours beside one another in one token that much wider.
    record Merge(long neighbours) implements Pooling {}
}
