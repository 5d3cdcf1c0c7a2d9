package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Quantities;

/// Degrees of parallelism as they are typed.
final class Degrees {
    /// More devices than anyone has.
    static final int MOST = 10_000_000;

    private Degrees() {}

    /// A degree of at least 1, and 1 where nothing is typed.
    static int read(String option, String text) {
        if (text.isEmpty()) {
            return 1;
        }
        long degree = Quantities.count(option, text);
        if (degree > MOST) {
            throw InputException.usage(
                    option + ": found " + Numbers.grouped(degree) + ", expected at most " + Numbers.grouped(MOST),
                    "Give a degree that devices exist for.");
        }
        return (int) degree;
    }

    /// Devices that so many degrees take.
    static long product(int... degrees) {
        long product = 1;
        for (int degree : degrees) {
            product *= degree;
            if (product > MOST) {
                throw InputException.usage(
                        "the layout: found degrees whose product is " + Numbers.grouped(product)
                                + " devices or more, expected at most " + Numbers.grouped(MOST),
                        "Lower --tp, --pp, --cp or --dp.");
            }
        }
        return product;
    }
}
