package dev.plimsoll.planner.serving;

/// How an engine decides how much memory it may fill.
public sealed interface BudgetRule {
    /// All that is usable, as if nothing but the model were there.
    record Everything() implements BudgetRule {}

    /// A share of all memory, for weights, activations and cache together.
    record ShareOfAll(double share) implements BudgetRule {}

    /// A share of what weights and runtime leave, for the cache alone.
    record ShareOfFree(double share) implements BudgetRule {}

    /// A share of all memory for weights and cache; runtime and activations have the rest to themselves.
    record StaticShare(double share) implements BudgetRule {}

    /// What is left of all memory, rounded to a thousandth of it, beside a reserve for runtime and activations.
    ///
    /// @param base bytes whatever is served
    /// @param byToken and for each token of a step
    /// @param bySequence and for each sequence of the largest captured batch
    /// @param byDevice and for each device that holds a part of the model
    /// @param least but at least so much on devices of `leastFrom` bytes and more
    record Reserve(long base, long byToken, long bySequence, long byDevice, long least, long leastFrom)
            implements BudgetRule {}

    /// All that is usable but a margin.
    record Margin(long bytes) implements BudgetRule {}
}
