package dev.plimsoll.planner.run;

import dev.plimsoll.model.failure.InputException;

/// A training run's length and what it uses.
///
/// @param steps optimizer steps
/// @param stepSeconds of one of them
/// @param devices that are held for the whole run
/// @param goodput the share of the time in which steps are made that stay; 1 where nothing fails and nothing is saved
public record TrainingRun(double steps, double stepSeconds, long devices, double goodput) {
    private static final double SECONDS_IN_AN_HOUR = 3600;
    private static final double SECONDS_IN_A_DAY = 86_400;
    private static final double WATTS_IN_A_KILOWATT = 1000;

    public TrainingRun {
        requirePositive("steps", steps);
        requirePositive("seconds of a step", stepSeconds);
        requirePositive("devices", (double) devices);
        requirePositive("goodput", goodput);
    }

    /// As many steps as so many tokens take.
    ///
    /// @param tokens of the whole run
    /// @param tokensInAStep of one step
    public static TrainingRun ofTokens(
            double tokens, double tokensInAStep, double stepSeconds, long devices, double goodput) {
        requirePositive("tokens", tokens);
        return new TrainingRun(Math.ceil(tokens / tokensInAStep), stepSeconds, devices, goodput);
    }

    /// Seconds from the first step to the last.
    public double seconds() {
        return steps * stepSeconds / goodput;
    }

    public double days() {
        return seconds() / SECONDS_IN_A_DAY;
    }

    public double deviceHours() {
        return seconds() / SECONDS_IN_AN_HOUR * devices;
    }

    /// Device-hours times the price of one.
    public double cost(double pricePerDeviceHour) {
        requireNotNegative("price of a device-hour", pricePerDeviceHour);
        return deviceHours() * pricePerDeviceHour;
    }

    /// Kilowatt-hours: device-hours times a device's power times what the building adds.
    ///
    /// @param watts of one device with its share of the server
    /// @param powerUsageEffectiveness energy of the building over energy of its servers, at least 1
    public double energy(double watts, double powerUsageEffectiveness) {
        requireNotNegative("watts", watts);
        if (!(powerUsageEffectiveness >= 1) || Double.isInfinite(powerUsageEffectiveness)) {
            throw InputException.usage(
                    "power usage effectiveness: found " + powerUsageEffectiveness + ", expected at least 1",
                    "Give the building's figure, for example 1.1.");
        }
        return deviceHours() * watts / WATTS_IN_A_KILOWATT * powerUsageEffectiveness;
    }

    /// Kilograms of CO2-equivalents: kilowatt-hours times the grid's intensity.
    ///
    /// @param kilogramsPerKilowattHour of the grid
    public static double carbon(double kilowattHours, double kilogramsPerKilowattHour) {
        requireNotNegative("carbon intensity", kilogramsPerKilowattHour);
        return kilowattHours * kilogramsPerKilowattHour;
    }

    static void requirePositive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw InputException.usage(
                    what + ": found " + value + ", expected a number above 0", "Give a positive number.");
        }
    }

    static void requireNotNegative(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw InputException.usage(
                    what + ": found " + value + ", expected a number of at least 0", "Give a number of at least 0.");
        }
    }
}
