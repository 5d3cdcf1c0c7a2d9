package dev.plimsoll.planner.result;

import java.util.List;
import java.util.stream.Collectors;

/// One named number of a product, for example `h` and 8192.
///
/// @param symbol the letter of [dev.plimsoll.model.shape.Axis], a word, or a sum of such in parentheses; a constant is
/// its own symbol, `2`
/// @param number what stands in the symbol's place when values are put in: `8192`, or for a sum `(0 + 4096)`
public record Factor(String symbol, String number, long value) {
    public Factor(String symbol, long value) {
        this(symbol, Long.toString(value), value);
    }

    /// A sum of two, the first of which may be taken several times.
    static Factor sum(String symbol, long times, long first, long second) {
        String product = times == 1 ? "" : times + " x ";
        String sign = second < 0 ? " - " : " + ";
        return new Factor(symbol, "(" + product + first + sign + Math.abs(second) + ")", times * first + second);
    }

    /// `L x k x d`.
    static String symbols(List<Factor> factors) {
        return factors.stream().map(Factor::symbol).collect(Collectors.joining(" x "));
    }

    /// `80 x 8 x 128`.
    static String numbers(List<Factor> factors) {
        return factors.stream().map(Factor::number).collect(Collectors.joining(" x "));
    }
}
