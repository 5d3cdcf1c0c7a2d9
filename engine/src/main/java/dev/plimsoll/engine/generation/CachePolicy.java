package dev.plimsoll.engine.generation;

import dev.plimsoll.model.operator.AttentionMask;
import java.util.List;

/// Which tokens' entries one layer keeps of one sequence, and where.
///
/// A mask alone gives the same outputs as letting go of what it hides; only letting go saves memory.
public interface CachePolicy {
    /// The slot for a token's entry; what was there is let go.
    int slot(int textIndex);

    /// Slots in use after so many tokens.
    int slots(int tokens);

    /// What is kept after so many tokens, in the order of the text.
    List<TextRun> held(int tokens);

    /// Every token, in a slot of its own.
    record Everything() implements CachePolicy {
        @Override
        public int slot(int textIndex) {
            return textIndex;
        }

        @Override
        public int slots(int tokens) {
            return tokens;
        }

        @Override
        public List<TextRun> held(int tokens) {
            return List.of(new TextRun(0, tokens));
        }
    }

    /// The last `size` tokens, in a ring.
    record Last(int size) implements CachePolicy {
        public Last {
            if (size < 1) {
                throw new IllegalArgumentException("a ring of " + size + " slots");
            }
        }

        @Override
        public int slot(int textIndex) {
            return textIndex % size;
        }

        @Override
        public int slots(int tokens) {
            return Math.min(tokens, size);
        }

        @Override
        public List<TextRun> held(int tokens) {
            return List.of(new TextRun(tokens - slots(tokens), tokens));
        }
    }

    /// What becomes of tokens that no later token looks at.
    enum OutOfSight {
        /// They are let go: a window or a chunk keeps no more than its size.
        LET_GO,
        /// They are kept, as an engine does that gives every layer the same pages.
        KEPT
    }

    /// What a mask needs kept.
    static CachePolicy of(AttentionMask mask, OutOfSight outOfSight) {
        return switch (outOfSight) {
            case KEPT -> new Everything();
            case LET_GO ->
                switch (mask) {
                    case AttentionMask.Everything(), AttentionMask.Causal(), AttentionMask.Selected _ ->
                        new Everything();
                    case AttentionMask.SlidingWindow(long size) -> last(size);
                    case AttentionMask.Chunked(long size) -> last(size);
                    case AttentionMask.Blocks(long size) -> last(size);
                };
        };
    }

    private static CachePolicy last(long size) {
        return size > Integer.MAX_VALUE ? new Everything() : new Last((int) size);
    }
}
