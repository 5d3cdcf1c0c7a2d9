package dev.plimsoll.planner.run;

/// What failures and checkpoints take of a run's time.
///
/// @param failureHours mean time between failures of one device, hours
/// @param devices of which each stops the run when it fails
/// @param writeSeconds that the run stands still for each checkpoint
/// @param restartSeconds from a failure to the first step after it
public record Reliability(double failureHours, long devices, double writeSeconds, double restartSeconds) {
    private static final double SECONDS_IN_AN_HOUR = 3600;

    public Reliability {
        TrainingRun.requirePositive("mean time between failures", failureHours);
        TrainingRun.requirePositive("devices", (double) devices);
        TrainingRun.requirePositive("seconds to write a checkpoint", writeSeconds);
        TrainingRun.requireNotNegative("seconds to restart", restartSeconds);
    }

    /// Seconds between failures of any device: a device's mean time over the devices.
    public double meanSecondsBetweenFailures() {
        return failureHours * SECONDS_IN_AN_HOUR / devices;
    }

    /// Seconds from one checkpoint to the next that lose least: `sqrt(2 d M)`, where `d` is the time to write one and `M`
    /// that between failures.
    ///
    /// Source: Young 1974.
    public double youngInterval() {
        return Math.sqrt(2 * writeSeconds * meanSecondsBetweenFailures());
    }

    /// The same to a higher order: `sqrt(2 d M) (1 + sqrt(d / 2M) / 3 + d / 18M) - d` where `d < 2M`, else `M`.
    ///
    /// Source: Daly 2006, equation 37.
    public double dalyInterval() {
        double mean = meanSecondsBetweenFailures();
        if (writeSeconds >= 2 * mean) {
            return mean;
        }
        double ratio = writeSeconds / (2 * mean);
        return youngInterval() * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - writeSeconds;
    }

    /// The share of the time in which steps are made that stay, with failures that come at random and independently:
    /// `t / (M exp(R / M) (exp((t + d) / M) - 1))`, where `t` is the interval and `R` the restart.
    ///
    /// Source: Daly 2006, equation 20.
    ///
    /// @param interval seconds of work between checkpoints
    public double goodput(double interval) {
        TrainingRun.requirePositive("seconds between checkpoints", interval);
        double mean = meanSecondsBetweenFailures();
        return interval / (mean * Math.exp(restartSeconds / mean) * Math.expm1((interval + writeSeconds) / mean));
    }

    /// How many failures a run of so many seconds meets on average.
    public double failures(double seconds) {
        TrainingRun.requirePositive("seconds of the run", seconds);
        return seconds / meanSecondsBetweenFailures();
    }

    /// Seconds to write a checkpoint: weights and optimizer's states over what the storage takes.
    ///
    /// @param bytes of the checkpoint, over all devices
    /// @param bytesPerSecond of the storage
    public static double writeSeconds(double bytes, double bytesPerSecond) {
        TrainingRun.requirePositive("bytes of a checkpoint", bytes);
        TrainingRun.requirePositive("bytes per second of the storage", bytesPerSecond);
        return bytes / bytesPerSecond;
    }
}
