package dev.plimsoll.planner.search;

/// What is wanted most.
public enum Objective {
    /// The shortest step.
    THROUGHPUT,
    /// The least memory on the fullest device; of equals the shortest step.
    MEMORY,
    /// The cheapest step: seconds times devices times their price.
    COST
}
