package dev.plimsoll.engine.operator;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;

/// Numbers of rows: of a table, of a vocabulary, of experts.
public final class RowNumbers {
    private RowNumbers() {}

    /// @param what whose numbers they are, for the message
    /// @param rows how many rows there are
    /// @throws InputException for a number of no row
    public static void require(String what, int[] numbers, int rows) {
        for (int number : numbers) {
            if (number < 0 || number >= rows) {
                throw InputException.usage(
                        "%s: found the number %d, expected 0 to %d".formatted(Text.printable(what), number, rows - 1),
                        "Give numbers of rows that there are.");
            }
        }
    }
}
