package dev.plimsoll.model.execution;

/// With what probability elements are set to zero while training; the others are divided by what is left.
///
/// @param embedding of the embedding's output
/// @param attention of the attention's probabilities
/// @param residual of each sublayer's output, before it is added to the residual stream
public record DropoutRates(double embedding, double attention, double residual) {
    public static final DropoutRates NONE = new DropoutRates(0, 0, 0);

    public DropoutRates {
        requireProbability("embedding", embedding);
        requireProbability("attention", attention);
        requireProbability("residual", residual);
    }

    private static void requireProbability(String what, double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("the " + what + " dropout is a probability below 1, not " + rate);
        }
    }
}
