package dev.plimsoll.model.operator;

/// How many tokens become few.
public sealed interface Pooling {
    /// The first token of each sequence (a class token), or the last.
    record One() implements Pooling {}

    /// The mean of so many neighbours.
    record Average(long neighbours) implements Pooling {
        public Average {
            requirePositive(neighbours);
        }
    }

    /// So many neighbours beside one another in one token that much wider.
    record Merge(long neighbours) implements Pooling {
        public Merge {
            requirePositive(neighbours);
        }
    }

    private static void requirePositive(long neighbours) {
        if (neighbours < 1) {
            throw new IllegalArgumentException("at least 1 token becomes one, not " + neighbours);
        }
    }
}
