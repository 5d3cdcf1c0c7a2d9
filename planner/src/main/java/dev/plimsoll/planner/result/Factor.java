package dev.plimsoll.planner.result;

import java.util.List;
import java.util.stream.Collectors;

/// One named number of a product, for example `h` and 8192.
///
/// @param symbol the letter of [dev.plimsoll.model.shape.Axis] or a word; a constant is its own symbol, `2`
public record Factor(String symbol, long value) {
    /// `L x k x d`.
    static String symbols(List<Factor> factors) {
        return factors.stream().map(Factor::symbol).collect(Collectors.joining(" x "));
    }

    /// `80 x 8 x 128`.
    static String numbers(List<Factor> factors) {
        return factors.stream().map(factor -> Long.toString(factor.value())).collect(Collectors.joining(" x "));
    }
}
