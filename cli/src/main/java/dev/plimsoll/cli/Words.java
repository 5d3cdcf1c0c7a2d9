package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import java.util.Collection;

/// One of a few words, as options take them.
final class Words {
    private static final int SUGGESTIONS = 3;

    private Words() {}

    /// The refusal of a word that is not among those known.
    static InputException unknown(String option, String typed, Collection<String> known) {
        return InputException.usage(
                option + ": found '" + Text.printable(typed) + "', expected one of " + String.join(", ", known),
                "The nearest are " + String.join(", ", Nearest.of(Text.printable(typed), known, SUGGESTIONS)) + ".");
    }
}
