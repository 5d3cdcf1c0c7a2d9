package dev.plimsoll.planner.serving;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Breakdown;

/// One thing that takes memory on a device.
///
/// @param breakdown its bytes by their formula
/// @param source of the formula or the figure
public record MemoryLine(Kind kind, String name, Breakdown breakdown, String source, Provenance provenance) {
    /// What a line is part of.
    public enum Kind {
        WEIGHTS,
        RUNTIME,
        ACTIVATIONS
    }

    public long bytes() {
        return breakdown.total().longValueExact();
    }
}
