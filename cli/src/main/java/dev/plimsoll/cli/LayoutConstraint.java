package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.search.SearchSpace;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A condition that a searched layout must keep to: `tp <= 8`.
///
/// @param quantity `tp`, `pp`, `vpp`, `cp`, `ep`, `etp`, `micro-batch-size`, or `step-time` in seconds
record LayoutConstraint(String quantity, String sign, double bound) {
    private static final Pattern CONDITION = Pattern.compile("\\s*([a-z-]+)\\s*(<=|>=|==|!=|<|>|=)\\s*(\\S+)\\s*");
    private static final String STEP_TIME = "step-time";
    private static final List<String> KNOWN =
            List.of("tp", "pp", "vpp", "cp", "ep", "etp", "micro-batch-size", STEP_TIME);

    static LayoutConstraint parse(String text) {
        Matcher matcher = CONDITION.matcher(text);
        if (!matcher.matches()) {
            throw InputException.usage(
                    "--constraint: found '" + Text.printable(text) + "', expected QUANTITY OP VALUE",
                    "Write for example --constraint 'tp <= 8'.");
        }
        String quantity = matcher.group(1);
        String sign = matcher.group(2).equals("=") ? "==" : matcher.group(2);
        if (!KNOWN.contains(quantity)) {
            throw Words.unknown("--constraint", quantity, KNOWN);
        }
        if (!quantity.equals(STEP_TIME)) {
            double bound = (double) Quantities.count("--constraint", matcher.group(3));
            return new LayoutConstraint(quantity, sign, bound);
        }
        if (!sign.startsWith("<")) {
            throw InputException.usage(
                    "--constraint: found step-time " + sign + ", expected a step-time that is not passed",
                    "Write for example --constraint 'step-time <= 30s'.");
        }
        return new LayoutConstraint(quantity, sign, Reals.seconds("--constraint", matcher.group(3)));
    }

    private boolean admits(double value) {
        return switch (sign) {
            case "<=" -> value <= bound;
            case ">=" -> value >= bound;
            case "<" -> value < bound;
            case ">" -> value > bound;
            case "!=" -> value != bound;
            default -> value == bound;
        };
    }

    private <T> List<T> kept(String name, List<T> choices, ToLongFunction<T> value) {
        return quantity.equals(name)
                ? choices.stream()
                        .filter(choice -> admits((double) value.applyAsLong(choice)))
                        .toList()
                : choices;
    }

    /// The space without the choices that this condition forbids.
    private SearchSpace within(SearchSpace space) {
        return new SearchSpace(
                space.devices(),
                kept("tp", space.tensor(), choice -> choice.degree()),
                kept("cp", space.context(), choice -> choice.degree()),
                kept("etp", kept("ep", space.experts(), choice -> choice.degree()), choice -> choice.tensorDegree()),
                kept("vpp", kept("pp", space.pipelines(), choice -> choice.degree()), choice -> choice.chunks()),
                space.shardings(),
                kept("micro-batch-size", space.microBatches(), choice -> choice),
                space.recomputations());
    }

    /// The space that all of these leave.
    ///
    /// @throws InputException when nothing is left
    static SearchSpace within(SearchSpace whole, List<LayoutConstraint> constraints) {
        SearchSpace space = whole;
        for (LayoutConstraint constraint : constraints) {
            space = constraint.within(space);
            if (space.candidates() == 0) {
                throw InputException.usage(
                        "--constraint: found '" + constraint.quantity + " " + constraint.sign + " "
                                + Math.round(constraint.bound) + "', expected one that leaves a layout",
                        "Loosen it; of what it names, no value that divides the devices and the model is left.");
            }
        }
        return space;
    }

    /// The longest step that is allowed, in seconds.
    static double longestStep(List<LayoutConstraint> constraints) {
        return constraints.stream()
                .filter(constraint -> constraint.quantity.equals(STEP_TIME))
                .mapToDouble(LayoutConstraint::bound)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
