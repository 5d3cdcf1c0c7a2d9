package dev.plimsoll.planner.hardware.law;

/// A kernel whose share of the peak grows with its size: `efficiency = limit x / (x + half)`.
///
/// Source of the form: the mean efficiencies by size that SimuMax measured, which level off.
///
/// @param limit share of the peak that large kernels reach, above 0
/// @param half the size at which half of that is reached: FLOPs, or rows of one expert
public record SaturatingLaw(double limit, double half) {
    public SaturatingLaw {
        if (!(limit > 0 && limit <= 1 && half >= 0)) {
            throw new IllegalArgumentException("a limit of 0 to 1 and a half of at least 0: " + limit + ", " + half);
        }
    }

    /// Share of the peak at a size, from 0 to the limit.
    public double efficiency(double size) {
        return limit * size / (size + half);
    }

    /// @param work FLOPs
    /// @param size what the efficiency grows with, above 0
    /// @param peak FLOP/s
    public double seconds(double work, double size, double peak) {
        return work / (peak * efficiency(size));
    }

    /// The same kernel on a device whose peak is that many times as high and whose start takes as long.
    SaturatingLaw onPeak(double ratio) {
        return new SaturatingLaw(limit, half * ratio);
    }

    /// The same kernel where large ones reach only that share of the limit.
    SaturatingLaw slower(double share) {
        return new SaturatingLaw(limit * share, half);
    }
}
