package dev.plimsoll.model.architecture;

/// Whether something optional (a bias, a gate) is there.
public enum Presence {
    ABSENT,
    PRESENT
}
