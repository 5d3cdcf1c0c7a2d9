package dev.plimsoll.planner.search;

/// Prices the layouts of one [SearchSpace]. Several threads may ask it for tables.
interface LayoutCosts {
    /// Tables for the layouts that share these places in the lists of the space.
    SplitCosts of(int devices, int tensor, int context, int experts);
}
