package dev.plimsoll.model.operator;

/// Which tokens a query looks at.
public sealed interface AttentionMask {
    /// Every token, also later ones (encoders, cross attention).
    record Everything() implements AttentionMask {}

    /// Itself and every earlier token.
    record Causal() implements AttentionMask {}

    /// Itself and the `size - 1` tokens before it.
    record SlidingWindow(long size) implements AttentionMask {
        public SlidingWindow {
            requirePositive("sliding window", size);
        }
    }

    /// Itself and earlier tokens of the same chunk of `size` tokens (Llama 4).
    record Chunked(long size) implements AttentionMask {
        public Chunked {
            requirePositive("attention chunk", size);
        }
    }

    /// Every token of the same block of `size` tokens, also later ones (the windows of Qwen2.5-VL's vision tower).
    record Blocks(long size) implements AttentionMask {
        public Blocks {
            requirePositive("attention block", size);
        }
    }

    /// The `size` earlier tokens that an indexer chose (DeepSeek sparse attention).
    record Selected(long size) implements AttentionMask {
        public Selected {
            requirePositive("number of selected tokens", size);
        }
    }

    private static void requirePositive(String what, long size) {
        if (size < 1) {
            throw new IllegalArgumentException("the " + what + " must be at least 1 token but is " + size);
        }
    }
}
