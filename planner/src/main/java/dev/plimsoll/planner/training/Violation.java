package dev.plimsoll.planner.training;

import dev.plimsoll.model.failure.InputException;
import java.util.List;
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
        String remedies = violations.stream()
                .filter(violation -> !violation.works.isEmpty())
                .map(violation -> "--" + violation.option + " "
                        + violation.works.stream().map(String::valueOf).collect(Collectors.joining(", ")))
                .distinct()
                .collect(Collectors.joining("; "));
        return InputException.usage(
                "the layout: " + causes,
                remedies.isEmpty()
                        ? "Choose other degrees; no value of one alone works."
                        : "Would work: " + remedies + ".");
    }
}
