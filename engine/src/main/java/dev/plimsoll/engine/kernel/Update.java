package dev.plimsoll.engine.kernel;

/// What becomes of the values that a product's target held before.
public enum Update {
    /// `C = A B`.
    ASSIGN,
    /// `C = C + A B`.
    ADD
}
