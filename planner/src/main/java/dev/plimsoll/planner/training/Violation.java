package dev.plimsoll.planner.training;

import java.util.List;

/// Why a layout cannot be run.
///
/// @param option the degree or size at fault, as options name it: `tp`, `pp`, `global-batch-size`
/// @param cause one line: what was found, what it must divide or match
/// @param works values of the option that would work with everything else as it is, ascending; empty where none does
public record Violation(String option, String cause, List<Long> works) {
    public Violation {
        works = List.copyOf(works);
    }
}
