package dev.plimsoll.engine.device;

/// Another device has failed, so this one stops; its cause is that of the other.
final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
        super("another device has failed", null, false, false);
    }
}
