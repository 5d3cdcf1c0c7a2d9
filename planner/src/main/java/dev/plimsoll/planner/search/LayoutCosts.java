package dev.plimsoll.planner.search;

/// Prices the layouts of one [SearchSpace]. Several threads may ask it for tables.
interface LayoutCosts {
    /// Tables for the layouts that share these places in the lists of the space.
    Group of(int devices, int tensor, int context);

    /// Tables that belong to one thread, for one expert parallelism after another: what has no experts is shared.
    interface Group {
        SplitCosts of(int experts);
    }
}
