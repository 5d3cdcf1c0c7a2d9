package dev.plimsoll.planner.cost;

/// What is run: so many sequences at once, and what for.
public sealed interface Workload {
    long sequences();

    /// Tokens of one sequence that are worked on.
    long newTokens();

    /// Tokens of one sequence whose keys and values are there already.
    long pastTokens();

    /// Tokens worked on in all.
    default long tokens() {
        return Math.multiplyExact(sequences(), newTokens());
    }

    /// One optimizer step: forward, backward, and what is run again.
    record Training(long sequences, long newTokens, Recomputation recomputation) implements Workload {
        public Training {
            requireTokens(sequences, newTokens, 0);
        }

        public Training(long sequences, long newTokens) {
            this(sequences, newTokens, Recomputation.NONE);
        }

        @Override
        public long pastTokens() {
            return 0;
        }
    }

    /// A forward pass over new tokens.
    record Prefill(long sequences, long newTokens, long pastTokens) implements Workload {
        public Prefill {
            requireTokens(sequences, newTokens, pastTokens);
        }
    }

    /// A forward pass over one new token of each sequence, which looks at itself and the past.
    ///
    /// @param latentCache how latent attention decodes: in the space of its compressed cache, or on expanded heads
    record Decode(long sequences, long pastTokens, LatentCache latentCache) implements Workload {
        public Decode {
            requireTokens(sequences, 1, pastTokens);
        }

        public Decode(long sequences, long pastTokens) {
            this(sequences, pastTokens, LatentCache.COMPRESSED);
        }

        @Override
        public long newTokens() {
            return 1;
        }
    }

    private static void requireTokens(long sequences, long newTokens, long pastTokens) {
        if (sequences < 1 || newTokens < 1 || pastTokens < 0) {
            throw new IllegalArgumentException("at least one token of one sequence is run, not " + newTokens + " of "
                    + sequences + " after " + pastTokens);
        }
    }
}
