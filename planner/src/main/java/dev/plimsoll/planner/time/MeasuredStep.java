package dev.plimsoll.planner.time;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.cost.CountingConvention;

/// A step that was measured, beside the one that was predicted.
///
/// @param plan of the same run
/// @param seconds measured
public record MeasuredStep(StepPlan plan, double seconds) {
    public MeasuredStep {
        if (!(seconds > 0) || Double.isInfinite(seconds)) {
            throw InputException.usage(
                    "step time: found " + seconds + " s, expected more than 0", "Give the seconds of one step.");
        }
    }

    /// As many seconds as so many tokens a second of each device make.
    public static MeasuredStep ofSpeed(StepPlan plan, double tokensPerSecondPerDevice) {
        double tokens = (double) plan.job().batch().tokens();
        return new MeasuredStep(
                plan, tokens / (tokensPerSecondPerDevice * plan.cluster().devices()));
    }

    /// What was made of the devices' peak, by FLOPs under a convention.
    public Utilisation utilisation(CountingConvention convention) {
        return plan.utilisation(convention).at(seconds);
    }

    /// Measured over predicted.
    public double ratio() {
        return seconds / plan.seconds();
    }

    /// Seconds that were measured beyond all lines of the prediction; negative where the step was faster.
    public double unexplained() {
        return seconds - plan.seconds();
    }

    /// Whether it lies in the interval in which nine in ten are expected.
    public boolean isExpected() {
        return seconds >= plan.low() && seconds <= plan.high();
    }

    /// The fewest seconds that the device could take: what is multiplied, at the peak. The rest of the predicted lines, the
    /// kernels' losses among them, and what is unexplained separate the measured step from it.
    public double atPeak() {
        Utilisation model = plan.utilisation();
        return model.hardwareFlops().count() / model.peak();
    }
}
