package dev.plimsoll.engine.training;

import java.util.Locale;

/// On which of its ways through the blocks a training step is.
public enum Pass {
    FORWARD,
    /// Forward once more, within the backward pass.
    RERUN,
    GRADIENT;

    /// The word for it in the moment of a peak.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
