package dev.plimsoll.planner.hardware.law;

/// In what a matrix product holds its operands, with the bytes each element takes.
public enum ProductFormat {
    BF16(2, 2),
    /// One scale for a tensor or a row; activations are quantised on the fly.
    FP8(1, 1),
    /// A scale for each block of weights.
    FP8_BLOCK(1, 1),
    /// Half a byte and a scale byte for each 16 elements.
    NVFP4(0.5625, 0.5625);

    private final double weightBytes;
    private final double activationBytes;

    ProductFormat(double weightBytes, double activationBytes) {
        this.weightBytes = weightBytes;
        this.activationBytes = activationBytes;
    }

    public double weightBytes() {
        return weightBytes;
    }

    public double activationBytes() {
        return activationBytes;
    }
}
