package dev.plimsoll.model.operator;

/// What a value is scaled by.
public sealed interface ScaleFactor {
    record Constant(double value) implements ScaleFactor {}

    /// A trained scalar or vector, passed through a function first (a gate's tanh).
    record Learned(Parameter parameter, ActivationFunction through) implements ScaleFactor {}
}
