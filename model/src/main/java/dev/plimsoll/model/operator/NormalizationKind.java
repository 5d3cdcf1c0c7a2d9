package dev.plimsoll.model.operator;

/// How a normalisation measures size.
public enum NormalizationKind {
    /// `x / sqrt(mean(x^2) + epsilon)`. Source: Zhang and Sennrich 2019.
    ROOT_MEAN_SQUARE,
    /// `(x - mean(x)) / sqrt(variance(x) + epsilon)`. Source: Ba et al. 2016.
    LAYER
}
