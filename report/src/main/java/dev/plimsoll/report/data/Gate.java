package dev.plimsoll.report.data;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A condition on an answer that fails a build: `.parameters.total > 8B`.
///
/// @param path of a number in the JSON answer, for example `.weights.bytes`; the dot at its start may be left out
public record Gate(String path, Comparison comparison, double bound) {
    private static final Pattern CONDITION =
            Pattern.compile("\\s*(\\.?[A-Za-z\\[][A-Za-z0-9.\\[\\]]*)\\s*(<=|>=|==|!=|<|>)\\s*(\\S+)\\s*");
    private static final int NEAREST = 3;

    /// How a value is compared with the bound; the gate fails when it holds.
    public enum Comparison {
        LESS("<"),
        AT_MOST("<="),
        EQUAL("=="),
        DIFFERENT("!="),
        AT_LEAST(">="),
        MORE(">");

        private final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        boolean holds(double value, double bound) {
            return switch (this) {
                case LESS -> value < bound;
                case AT_MOST -> value <= bound;
                case EQUAL -> value == bound;
                case DIFFERENT -> value != bound;
                case AT_LEAST -> value >= bound;
                case MORE -> value > bound;
            };
        }

        static Comparison of(String sign) {
            for (Comparison comparison : values()) {
                if (comparison.sign.equals(sign)) {
                    return comparison;
                }
            }
            throw new IllegalArgumentException(sign);
        }
    }

    /// Reads `QUANTITY OP VALUE`.
    public static Gate parse(String text) {
        Matcher matcher = CONDITION.matcher(text);
        if (!matcher.matches()) {
            throw InputException.usage(
                    "--fail-on: found '" + Text.printable(text) + "', expected QUANTITY OP VALUE",
                    "Write, for example, --fail-on '.weights.bytes > 80GB'.");
        }
        return new Gate(path(matcher.group(1)), Comparison.of(matcher.group(2)), Bounds.parse(matcher.group(3)));
    }

    /// The path as answers have it: `.weights.bytes`, and `[0].weights.bytes` where several models are asked for.
    private static String path(String typed) {
        String bare = typed.startsWith(".") ? typed.substring(1) : typed;
        return bare.startsWith("[") ? bare : "." + bare;
    }

    /// The sentence that says why the gate fails on that answer; empty where it does not.
    ///
    /// @throws InputException when the answer has no such number, naming the nearest ones
    public Optional<String> failure(Data answer) {
        double value = number(answer);
        return comparison.holds(value, bound)
                ? Optional.of(path + " is " + Json.print(new Data.Real(value)).strip() + ", and --fail-on says "
                        + comparison.sign + " "
                        + Json.print(new Data.Real(bound)).strip())
                : Optional.empty();
    }

    private double number(Data answer) {
        List<Data.Leaf> leaves = Data.leaves(answer);
        for (Data.Leaf leaf : leaves) {
            if (leaf.path().equals(path)) {
                return switch (leaf.value()) {
                    case Data.Whole(long value) -> value;
                    case Data.Real(double value) -> value;
                    case Data.Words words -> throw notANumber();
                    case Data.Truth truth -> throw notANumber();
                    case Data.Nothing nothing -> throw notANumber();
                    case Data.Fields fields -> throw notANumber();
                    case Data.Items items -> throw notANumber();
                };
            }
        }
        String nearest = leaves.stream()
                .filter(leaf -> leaf.value() instanceof Data.Whole || leaf.value() instanceof Data.Real)
                .map(Data.Leaf::path)
                .sorted(Comparator.comparingInt(known -> Nearest.distance(path, known)))
                .limit(NEAREST)
                .reduce((first, second) -> first + ", " + second)
                .orElse("none");
        throw InputException.usage("--fail-on: the answer has no number " + path, "The nearest are " + nearest + ".");
    }

    private InputException notANumber() {
        return InputException.usage(
                "--fail-on: " + path + " has no number in this answer", "Name a number of the JSON answer (-o json).");
    }
}
