package dev.plimsoll.cli;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.units.Quantities;

/// How long sequences are where nothing is said.
final class Lengths {
    /// A usual training and serving length.
    private static final long USUAL = 4096;

    private Lengths() {}

    /// As asked for, else 4096 or what the model was made for, if that is less.
    static long sequence(String asked, Transformer model) {
        if (!asked.isEmpty()) {
            return Quantities.count("--seq-length", asked);
        }
        return Math.min(USUAL, model.maxPositions().orElse(USUAL));
    }

    /// As asked for, else what the model was made for, else 4096.
    static long tokens(String asked, Transformer model) {
        return asked.isEmpty() ? model.maxPositions().orElse(USUAL) : Quantities.count("--tokens", asked);
    }
}
