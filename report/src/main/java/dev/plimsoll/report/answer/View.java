package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;

/// How much of an answer is shown, and in which units.
public record View(ByteUnits units, Explanations explanations, Detail detail) {
    /// Whether formulas are shown.
    public enum Explanations {
        HIDDEN,
        SHOWN
    }

    /// How far counts are taken apart.
    public enum Detail {
        USUAL,
        EVERY_TENSOR
    }

    boolean explains() {
        return explanations == Explanations.SHOWN;
    }
}
