package dev.plimsoll.planner.result;

/// Where an interpreter puts what it counts: leaf by leaf, each a product of named factors.
///
/// One walk over a model serves both implementations, so the printed formula cannot grow apart from the count: one
/// only multiplies and adds, the other also keeps the factors.
public sealed interface Tally permits QuickTally, RecordingTally {
    /// The leaves that follow belong to this group, for example a kind of layer.
    Tally group(String name);

    /// Ends the leaf before, and begins one whose product is 1 so far.
    Tally leaf(String name);

    /// Multiplies the leaf.
    ///
    /// @param value not negative
    Tally times(String symbol, long value);

    /// Multiplies the leaf by `(times x first + second)`.
    ///
    /// @param symbol that sum in letters, in parentheses
    /// @param second may be negative, where the sum is not
    Tally timesSum(String symbol, long times, long first, long second);

    /// Multiplies the leaf by a constant.
    Tally times(long constant);
}
