package dev.plimsoll.model.operator;

/// How a convolution looks over the tokens.
public sealed interface ConvolutionKind {
    /// Each channel by itself, a token and the ones before it; keeps `width - 1` tokens while decoding.
    record CausalByChannel(int width) implements ConvolutionKind {
        public CausalByChannel {
            requirePositive("width", width);
        }
    }

    /// All channels together, a token and its neighbours; one output for every `stride` inputs.
    record Dense(int width, int stride) implements ConvolutionKind {
        public Dense {
            requirePositive("width", width);
            requirePositive("stride", stride);
        }
    }

    private static void requirePositive(String what, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a convolution's " + what + " must be at least 1 but is " + size);
        }
    }
}
