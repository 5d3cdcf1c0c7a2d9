package dev.plimsoll.report.answer;

/// Where a step's time comes from.
public sealed interface StepBasis {
    record Predicted() implements StepBasis {}

    /// @param mfu between 0 and 1
    record Utilised(double mfu) implements StepBasis {}

    /// @param flopsPerSecond model FLOP/s of each device
    record Rate(double flopsPerSecond) implements StepBasis {}

    record Measured(double seconds) implements StepBasis {}

    /// @param tokensPerSecond of all devices together
    record Throughput(double tokensPerSecond) implements StepBasis {}

    /// @param tokensPerSecond of each device
    record ThroughputOfOne(double tokensPerSecond) implements StepBasis {}

    /// Whether somebody measured it, so that it can be held against the prediction.
    default boolean isMeasured() {
        return switch (this) {
            case Measured _, Throughput _, ThroughputOfOne _ -> true;
            case Predicted _, Utilised _, Rate _ -> false;
        };
    }
}
