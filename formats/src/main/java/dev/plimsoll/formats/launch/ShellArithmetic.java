package dev.plimsoll.formats.launch;

import java.util.Optional;

/// Evaluates `$((...))` over whole numbers: `+ - * / %`, brackets and variables.
final class ShellArithmetic {
    private static final int DEEPEST = 50;

    private final String text;
    private final ShellVariables variables;
    private int position;
    private int depth;

    private ShellArithmetic(String text, ShellVariables variables) {
        this.text = text.replaceAll("[\\s${}]", "");
        this.variables = variables;
    }

    /// The value; empty for anything else than the above, an unknown variable, or a value past 2^63.
    static Optional<Long> value(String text, ShellVariables variables) {
        ShellArithmetic arithmetic = new ShellArithmetic(text, variables);
        try {
            long value = arithmetic.sum();
            return arithmetic.position == arithmetic.text.length() ? Optional.of(value) : Optional.empty();
        } catch (ArithmeticException | NumberFormatException notWhole) {
            return Optional.empty();
        }
    }

    private long sum() {
        long value = product();
        while (is('+') || is('-')) {
            char operator = text.charAt(position++);
            long right = product();
            value = operator == '+' ? Math.addExact(value, right) : Math.subtractExact(value, right);
        }
        return value;
    }

    private long product() {
        long value = factor();
        while (is('*') || is('/') || is('%')) {
            char operator = text.charAt(position++);
            long right = factor();
            value = operator == '*'
                    ? Math.multiplyExact(value, right)
                    : operator == '/' ? value / right : value % right;
        }
        return value;
    }

    private long factor() {
        if (++depth > DEEPEST) {
            throw new NumberFormatException("nested too deep");
        }
        try {
            if (is('(')) {
                position++;
                long value = sum();
                if (!is(')')) {
                    throw new NumberFormatException("no closing bracket");
                }
                position++;
                return value;
            }
            return atom();
        } finally {
            depth--;
        }
    }

    private long atom() {
        int start = position;
        while (position < text.length() && isNamePart(text.charAt(position))) {
            position++;
        }
        String name = text.substring(start, position);
        boolean number = !name.isEmpty() && Character.isDigit(name.charAt(0));
        return Long.parseLong(number ? name : variables.text(name).orElse(""));
    }

    private boolean is(char character) {
        return position < text.length() && text.charAt(position) == character;
    }

    private static boolean isNamePart(char character) {
        return character < 128 && (Character.isLetterOrDigit(character) || character == '_');
    }
}
