package dev.plimsoll.model.units;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// How numbers are printed: grouped by thousands, with a point, in every locale.
///
/// `String.format` with grouping loads the locale data of the machine, which costs 30 ms at start and changes the
/// separators; these few lines do neither.
public final class Numbers {
    private static final String[] DECIMAL_PREFIXES = {"", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"};

    private Numbers() {}

    /// `8030261248` as `8,030,261,248`.
    public static String grouped(long value) {
        String digits = Long.toString(value);
        int start = value < 0 ? 1 : 0;
        StringBuilder text = new StringBuilder(digits);
        for (int at = digits.length() - 3; at > start; at -= 3) {
            text.insert(at, ',');
        }
        return text.toString();
    }

    /// A value rounded half up to a fixed number of decimals: `14.958` as `14.96`.
    public static String decimals(double value, int decimals) {
        return BigDecimal.valueOf(value)
                .setScale(decimals, RoundingMode.HALF_UP)
                .toPlainString();
    }

    /// A value under a decimal prefix with two decimals and a space before the prefix: `1.402e13` as `14.02 T`.
    public static String decimalPrefix(double value) {
        int prefix = 0;
        while (reachesWhenPrinted(value, 1000) && prefix < DECIMAL_PREFIXES.length - 1) {
            value /= 1000;
            prefix++;
        }
        String number = prefix == 0 && value == Math.rint(value) ? Long.toString((long) value) : decimals(value, 2);
        return number + " " + DECIMAL_PREFIXES[prefix];
    }

    /// Whether a value is that limit or more once it is rounded to two decimals, so that 999.996 k becomes 1.00 M and
    /// not 1000.00 k.
    static boolean reachesWhenPrinted(double value, int limit) {
        return value >= limit - 0.005;
    }
}
