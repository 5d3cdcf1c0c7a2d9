package dev.plimsoll.model.units;

/// Where a number comes from, the strongest first. A result has the weakest provenance of its inputs.
public enum Provenance {
    /// Arithmetic on the model's own files.
    EXACT,
    /// Measured on this machine.
    MEASURED,
    /// Somebody's published measurement.
    PUBLISHED,
    /// A vendor's data sheet.
    DATASHEET,
    /// Assumed, for want of anything better; the answer says so.
    ASSUMED;

    /// The weaker of two provenances.
    public Provenance and(Provenance other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /// The word printed beside a number.
    public String word() {
        return switch (this) {
            case EXACT -> "exact";
            case MEASURED -> "measured";
            case PUBLISHED -> "published";
            case DATASHEET -> "datasheet";
            case ASSUMED -> "assumed";
        };
    }
}
