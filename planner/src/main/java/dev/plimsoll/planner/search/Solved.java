package dev.plimsoll.planner.search;

/// The best value of what was looked for, and the fastest layout with it.
public record Solved(long value, RankedLayout layout) {}
