package dev.plimsoll.engine.generation;

/// How a cache lies in memory.
public sealed interface CacheLayout {
    /// Room for `capacity` tokens of each sequence, allocated with its first token.
    record Contiguous(int capacity) implements CacheLayout {
        public Contiguous {
            requirePositive("room for", capacity);
        }
    }

    /// Pages of `pageTokens` tokens, allocated as the text grows.
    record Paged(int pageTokens) implements CacheLayout {
        public Paged {
            requirePositive("pages of", pageTokens);
        }
    }

    private static void requirePositive(String what, int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException(what + " " + tokens + " tokens");
        }
    }
}
