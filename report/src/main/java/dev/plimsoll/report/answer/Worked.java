package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Flops;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;

/// Formulas over figures that are not whole, with the figures put in as they are.
final class Worked {
    private static final MathContext DIGITS = MathContext.DECIMAL64;

    private Worked() {}

    /// A figure in all its digits.
    static BigDecimal exact(double value) {
        return new BigDecimal(Double.toString(value));
    }

    /// A sum.
    static Explanation sum(String topic, String formula, List<Double> terms, Basis basis) {
        List<BigDecimal> numbers = terms.stream().map(Worked::exact).toList();
        BigDecimal total = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return new Explanation(topic, formula, joined(numbers, " + "), total, basis);
    }

    /// A product over each of the divisors in turn.
    static Explanation quotient(
            String topic, String formula, List<BigDecimal> factors, List<BigDecimal> divisors, Basis basis) {
        BigDecimal value = factors.stream().reduce(BigDecimal.ONE, (one, other) -> one.multiply(other, DIGITS));
        StringBuilder words = new StringBuilder(joined(factors, " x "));
        for (BigDecimal divisor : divisors) {
            value = value.divide(divisor, DIGITS);
            words.append(" / ").append(plain(divisor));
        }
        return new Explanation(topic, formula, words.toString(), value, basis);
    }

    /// FLOPs over the seconds that they took at the peak's rate.
    static Explanation utilised(String topic, String formula, Flops flops, double seconds, double peak, Basis basis) {
        BigDecimal work = exact(flops.count());
        BigDecimal possible = exact(seconds).multiply(exact(peak), DIGITS);
        return new Explanation(
                topic,
                formula,
                plain(work) + " / (" + plain(exact(seconds)) + " x " + plain(exact(peak)) + ")",
                work.divide(possible, DIGITS),
                basis);
    }

    private static String joined(List<BigDecimal> numbers, String sign) {
        return numbers.stream().map(Worked::plain).collect(Collectors.joining(sign));
    }

    private static String plain(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.signum() == 0 ? "0" : stripped.toPlainString();
    }
}
