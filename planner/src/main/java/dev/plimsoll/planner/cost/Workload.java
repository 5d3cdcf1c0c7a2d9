package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;

/// What is run: so many sequences at once, and what for.
public sealed interface Workload {
    /// Tokens that can be asked for at once.
    long MOST = 1L << 60;

    long sequences();

    /// Tokens of one sequence that are worked on.
    long newTokens();

    /// Tokens of one sequence whose keys and values are there already.
    long pastTokens();

    /// Tokens worked on in all.
    default long tokens() {
        return sequences() * newTokens();
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

    /// A forward pass over new tokens. Keys and values of the past are there already, expanded where they are latent.
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
        boolean counts = sequences >= 1 && newTokens >= 1 && pastTokens >= 0;
        if (!counts || newTokens > MOST || pastTokens > MOST || sequences > MOST / newTokens) {
            throw InputException.usage(
                    "tokens: found " + sequences + " sequences of " + newTokens + " after " + pastTokens
                            + ", expected at least one of one, and no more than " + MOST + " in all",
                    "Ask for another number of tokens or sequences.");
        }
    }
}
