package dev.plimsoll.model.operator;

/// A function of one number.
public enum ActivationFunction {
    IDENTITY,
    EXPONENTIAL,
    RELU,
    RELU_SQUARED,
    GELU,
    /// GELU by its tanh approximation. Source: Hendrycks and Gimpel 2016.
    GELU_TANH,
    /// `x · sigmoid(1.702 x)`.
    GELU_QUICK,
    /// `min(x, 7) · sigmoid(1.702 min(x, 7))` (gpt-oss).
    GELU_QUICK_CLAMPED,
    /// `min(max(x, -7), 7) + 1`, for the other half of a gate (gpt-oss).
    CLAMPED_PLUS_ONE,
    SILU,
    SIGMOID,
    TANH,
    SOFTPLUS,
    /// Expanded integral of ELU, with two trained scalars. Source: Huang and Schlag 2024.
    XIELU
}
