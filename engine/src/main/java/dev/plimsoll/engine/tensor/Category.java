package dev.plimsoll.engine.tensor;

/// What a tensor is held for.
public enum Category {
    PARAMETER,
    GRADIENT,
    OPTIMIZER_STATE,
    /// Kept from the forward for the backward.
    SAVED_ACTIVATION,
    KEY_VALUE_CACHE,
    /// Written and read within one pass, and then released.
    TEMPORARY,
    /// What a kernel works in, and nobody else sees: reported, and no part of a peak.
    SCRATCH
}
