package dev.plimsoll.cli;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.planner.cost.OpenAxes;
import java.util.OptionalLong;

/// How long sequences are where nothing is said.
final class Lengths {
    /// A usual training and serving length.
    private static final long USUAL = 4096;

    private Lengths() {}

    /// As asked for, else 4096 or what the model was made for, if that is less. A model that does nothing but see works
    /// on patches; empty where their number is not known.
    ///
    /// @param axes what is known of the axes that text does not decide
    static OptionalLong sequence(String asked, Transformer model, OpenAxes axes) {
        if (model.readsText()) {
            return OptionalLong.of(
                    asked.isEmpty()
                            ? Math.min(USUAL, model.maxPositions().orElse(USUAL))
                            : Quantities.count("--seq-length", asked));
        }
        if (!asked.isEmpty()) {
            throw InputException.usage(
                    "--seq-length: found " + asked + " for " + model.architecture()
                            + ", which reads no text, expected none",
                    "Leave it out; --patches of plimsoll flops says how many patches an image has.");
        }
        return axes.patches();
    }

    /// The length of a worked example: that of [#sequence], and the usual one for images of unknown size.
    static long worked(String asked, Transformer model) {
        return sequence(asked, model, OpenAxes.of(model)).orElse(USUAL);
    }

    /// As asked for, else what the model was made for, else 4096.
    static long tokens(String asked, Transformer model) {
        return asked.isEmpty() ? model.maxPositions().orElse(USUAL) : Quantities.count("--tokens", asked);
    }
}
