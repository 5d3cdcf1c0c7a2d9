package dev.plimsoll.model.operator;

/// How a convolution looks over the tokens.
public sealed interface ConvolutionKind {
    /// Each channel by itself, a token and the ones before it; keeps `width - 1` tokens while decoding.
    record CausalByChannel(int width) implements ConvolutionKind {}

    /// All channels together, a token and its neighbours; one output for every `stride` inputs.
    record Dense(int width, int stride) implements ConvolutionKind {}
}
