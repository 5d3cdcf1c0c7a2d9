package dev.plimsoll.planner.run;

/// What can be computed for a budget of money.
///
/// @param money to be spent
/// @param pricePerDeviceHour in the same currency
/// @param flopsPerSecond of model FLOPs that a device makes in training, its peak times the utilisation
public record ComputeBudget(double money, double pricePerDeviceHour, double flopsPerSecond) {
    private static final double SECONDS_IN_AN_HOUR = 3600;

    public ComputeBudget {
        TrainingRun.requirePositive("money", money);
        TrainingRun.requirePositive("price of a device-hour", pricePerDeviceHour);
        TrainingRun.requirePositive("FLOP/s of a device", flopsPerSecond);
    }

    public double deviceHours() {
        return money / pricePerDeviceHour;
    }

    /// FLOPs that the money buys.
    public double flops() {
        return deviceHours() * SECONDS_IN_AN_HOUR * flopsPerSecond;
    }
}
