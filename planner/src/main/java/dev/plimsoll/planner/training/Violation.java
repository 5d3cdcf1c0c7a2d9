package dev.plimsoll.planner.training;

import dev.plimsoll.model.failure.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Why a layout cannot be run.
///
/// @param option the degree or size at fault, as options name it: `tp`, `pp`, `global-batch-size`
/// @param cause one line: what was found, what it must divide or match
/// @param works values of the option that would work with everything else as it is, ascending; empty where none does
public record Violation(String option, String cause, List<Long> works) {
    public Violation {
        works = List.copyOf(works);
    }

    /// One refusal for all of them.
    public static InputException refusal(List<Violation> violations) {
        String causes = violations.stream().map(Violation::cause).collect(Collectors.joining("; "));
        Map<String, List<Long>> works = new LinkedHashMap<>();
        for (Violation violation : violations) {
            works.merge(violation.option, violation.works, Violation::common);
        }
        String remedies = works.entrySet().stream()
                .filter(option -> !option.getValue().isEmpty())
                .map(option -> "--" + option.getKey() + " "
                        + option.getValue().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
        return InputException.usage(
                "the layout: " + causes,
                remedies.isEmpty()
                        ? "Choose other degrees; no value of one alone works."
                        : "Would work: " + remedies + ".");
    }

    /// What both offer; what one offers where no value of this option alone mends the other.
    private static List<Long> common(List<Long> some, List<Long> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return some.isEmpty() ? others : some;
        }
        return some.stream().filter(others::contains).toList();
    }
}
