package dev.plimsoll.engine.tensor;

/// What becomes of a tensor's elements when it is released.
public enum AfterRelease {
    /// They are left to the garbage collector.
    FORGET,
    /// They become NaN (the least integer, or 255), so that whoever still holds them computes nonsense, visibly.
    POISON
}
