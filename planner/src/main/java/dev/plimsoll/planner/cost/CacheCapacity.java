package dev.plimsoll.planner.cost;

/// How much fits a budget.
public sealed interface CacheCapacity {
    /// At most so many tokens or sequences; 0 where not even one fits.
    record AtMost(long count) implements CacheCapacity {}

    /// Any number fits, since nothing grows with it.
    record Unlimited() implements CacheCapacity {}
}
