package dev.plimsoll.planner.hardware.law;

/// What a group of devices exchanges. The bytes of each are those of the whole tensor that a device has before or after.
public enum Exchange {
    /// Every device has a tensor and gets the sum of all. Bytes: of that tensor.
    ALL_REDUCE(2),
    /// Every device has a part and gets the whole. Bytes: of the whole.
    ALL_GATHER(1),
    /// Every device has a whole and gets its part of the sum. Bytes: of the whole.
    REDUCE_SCATTER(1),
    /// Every device has a part for each other. Bytes: of what a device has, its own part included.
    ALL_TO_ALL(1),
    /// One device sends to one other. Bytes: of what it sends.
    SEND_RECEIVE(1);

    private final int passes;

    Exchange(int passes) {
        this.passes = passes;
    }

    /// Bytes that a device sends for each byte of the tensor, in a group of so many, by ring or in turns:
    /// `passes (n - 1) / n`, and everything for a single message.
    double sentShare(long devices) {
        return this == SEND_RECEIVE ? 1 : (double) passes * (devices - 1) / devices;
    }
}
