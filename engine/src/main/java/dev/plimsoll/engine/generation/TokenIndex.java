package dev.plimsoll.engine.generation;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.units.Text;
import java.util.Locale;

/// Whole numbers that come with each token.
enum TokenIndex {
    /// Numbers of the tokens.
    TOKENS,
    /// Where they stand.
    POSITIONS,
    /// All of the first type.
    TYPES;

    /// @throws InputException for another
    static TokenIndex of(Value value) {
        for (TokenIndex index : values()) {
            if (index.name().toLowerCase(Locale.ROOT).equals(value.name())) {
                return index;
            }
        }
        throw InputException.unsupported(
                "input %s: found numbers of another kind, expected tokens, positions or types"
                        .formatted(Text.printable(value.name())),
                "Choose a decoder of text.");
    }

    int[] of(Row row) {
        return switch (this) {
            case TOKENS -> row.numbers();
            case POSITIONS -> row.positions();
            case TYPES -> new int[row.tokens()];
        };
    }
}
