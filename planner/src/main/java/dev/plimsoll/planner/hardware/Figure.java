package dev.plimsoll.planner.hardware;

import dev.plimsoll.model.units.Provenance;

/// One number of a piece of hardware, in its base unit, with where it comes from.
///
/// @param value positive and finite
/// @param source a data sheet's title, a measurement and who published it, or the rule by which it is assumed
public record Figure(double value, Unit unit, String source, Provenance provenance) {
    public Figure {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("a figure of hardware is positive and finite: " + value);
        }
        if (source.isBlank()) {
            throw new IllegalArgumentException("a figure of hardware has a source");
        }
    }

    /// The value as a whole number, for bytes.
    public long whole() {
        return (long) value;
    }
}
