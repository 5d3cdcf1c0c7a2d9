package dev.plimsoll.planner.serving;

/// Why an engine would refuse a job.
///
/// @param option at fault, as it is written: `--tensor-parallel-size`
/// @param cause one line: what was found, what was expected
/// @param remedy what would work
public record Violation(String option, String cause, String remedy) {}
