package dev.plimsoll.planner.serving;

/// What captured graphs take.
public sealed interface GraphRule {
    /// Nothing: none are captured, or outside the budget.
    record NotCounted() implements GraphRule {}

    /// So many bytes, whatever is captured.
    record Fixed(long bytes) implements GraphRule {}
}
