package dev.plimsoll.planner.result;

import java.math.BigDecimal;
import java.math.MathContext;

/// Evaluates plain arithmetic: numbers, `+ - x /` and parentheses, products before sums, left to right.
public final class Arithmetic {
    private final String text;
    private int at;

    private Arithmetic(String text) {
        this.text = text;
    }

    public static BigDecimal evaluate(String text) {
        Arithmetic arithmetic = new Arithmetic(text.replace(" ", ""));
        BigDecimal value = arithmetic.sum();
        if (arithmetic.at != arithmetic.text.length()) {
            throw new IllegalArgumentException("not arithmetic from place " + arithmetic.at + ": " + text);
        }
        return value;
    }

    private BigDecimal sum() {
        BigDecimal value = product();
        while (true) {
            if (skip('+')) {
                value = value.add(product());
            } else if (skip('-')) {
                value = value.subtract(product());
            } else {
                return value;
            }
        }
    }

    private BigDecimal product() {
        BigDecimal value = number();
        while (true) {
            if (skip('x')) {
                value = value.multiply(number());
            } else if (skip('/')) {
                value = value.divide(number(), MathContext.DECIMAL128);
            } else {
                return value;
            }
        }
    }

    private BigDecimal number() {
        if (skip('(')) {
            BigDecimal value = sum();
            if (!skip(')')) {
                throw new IllegalArgumentException("a parenthesis is left open: " + text);
            }
            return value;
        }
        int start = at;
        while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        return new BigDecimal(text.substring(start, at));
    }

    private boolean skip(char expected) {
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }
}
