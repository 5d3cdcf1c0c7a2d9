package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers that need not be whole, and times, as they are typed.
final class Reals {
    private static final Pattern TIME = Pattern.compile("([0-9]+(?:\\.[0-9]+)?(?:[eE]-?[0-9]{1,2})?)\\s*([a-z]*)");
    private static final Map<String, Double> SECONDS = Map.of(
            "us", 1e-6, "ms", 1e-3, "s", 1.0, "min", 60.0, "m", 60.0, "h", 3600.0, "d", 86_400.0, "y", 31_557_600.0);
    private static final double LONGEST = 1e12;

    private Reals() {}

    /// A number within bounds.
    static double read(String option, String text, double least, double most) {
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most && !text.matches(".*[dDfF]")) {
                return value;
            }
        } catch (NumberFormatException noNumber) {
            // Falls through to the one message below.
        }
        throw InputException.usage(
                option + ": found '" + Text.printable(text) + "', expected a number from " + plain(least) + " to "
                        + plain(most),
                "Write for example " + option + " " + plain(Math.max(least, Math.min(most, 1))) + ".");
    }

    /// The same, where nothing need be typed.
    static OptionalDouble optional(String option, String text, double least, double most) {
        return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(read(option, text, least, most));
    }

    /// A time in seconds: `30ms`, `1.10s`, `3h`, `14d`.
    static double seconds(String option, String text) {
        Matcher matcher = TIME.matcher(text.strip());
        Double unit = matcher.matches() ? SECONDS.get(matcher.group(2)) : null;
        double seconds = unit == null ? 0 : Double.parseDouble(matcher.group(1)) * unit;
        if (!(seconds > 0 && seconds <= LONGEST)) {
            throw InputException.usage(
                    option + ": found '" + Text.printable(text) + "', expected a time such as 30ms, 1.1s, 3h or 14d",
                    "Write for example " + option + " 1.1s.");
        }
        return seconds;
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
