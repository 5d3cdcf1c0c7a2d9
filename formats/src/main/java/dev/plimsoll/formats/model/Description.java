package dev.plimsoll.formats.model;

import dev.plimsoll.model.architecture.Transformer;

/// What is known of a model beyond its tensors.
public sealed interface Description {
    /// Described by a config, or by a GGUF's metadata.
    record Known(Transformer transformer) implements Description {}

    /// Only tensors are known.
    ///
    /// @param reason why, as one clause: `not known: needs config.json`
    record Unknown(String reason) implements Description {}
}
