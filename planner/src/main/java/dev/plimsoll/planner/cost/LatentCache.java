package dev.plimsoll.planner.cost;

/// What multi-head latent attention keeps for each token.
public enum LatentCache {
    /// The latent and the rotated key, once for all heads; decoding then attends in the latent space.
    COMPRESSED,
    /// Every head's key and value, expanded (plain reference implementations).
    EXPANDED
}
