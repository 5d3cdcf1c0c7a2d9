package dev.plimsoll.engine.generation;

/// How multi-head latent attention looks back at earlier tokens.
public enum LatentUse {
    /// The latent and the rotated key are kept; queries are mapped to the space of the latent and look at it there, all
    /// heads at the same rows, and their outputs are mapped back. Source: DeepSeek-V2 (2024), section 2.1.2.
    ABSORBED,
    /// The latent and the rotated key are kept; keys and values of all tokens are expanded from them at each step.
    EXPANDED_AGAIN,
    /// Every head's key and value are kept, as plain reference implementations do.
    KEPT_EXPANDED
}
