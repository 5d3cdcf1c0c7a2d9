package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.report.answer.StepBasis;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// A step's time or utilisation that is known already, and the convention that FLOPs are counted under.
final class MeasuredOptions {
    private static final double MOST = 1e18;

    @Option(
            names = "--mfu",
            paramLabel = "X",
            description = "Take this utilisation in the place of the predicted one: 0.42 or 42%%.")
    private String mfu = "";

    @Option(
            names = "--tflops",
            paramLabel = "X",
            description = "Take so many model TFLOP/s of each device in the place of the predicted ones.")
    private String tflops = "";

    @Option(
            names = "--step-time",
            paramLabel = "TIME",
            description = "A measured step, for example 1.10s: gives MFU and HFU, and what separates it from the "
                    + "prediction.")
    private String stepTime = "";

    @Option(
            names = "--tokens-per-second",
            paramLabel = "N",
            description = "The same as a measured throughput of all devices together.")
    private String tokensPerSecond = "";

    @Option(
            names = "--tokens-per-second-per-device",
            paramLabel = "N",
            description = "The same as a measured throughput of one device.")
    private String tokensPerSecondPerDevice = "";

    @Option(
            names = "--convention",
            paramLabel = "NAME",
            description = "How FLOPs are counted for MFU and HFU: megatron, korthikanti2022, megatron2021, palm .. "
                    + "(default: megatron).")
    private String convention = "megatron";

    CountingConvention convention() {
        return CountingConvention.named(convention);
    }

    /// Where the step's time comes from.
    StepBasis basis() {
        List<String> given = Stream.of(mfu, tflops, stepTime, tokensPerSecond, tokensPerSecondPerDevice)
                .filter(text -> !text.isEmpty())
                .toList();
        if (given.size() > 1) {
            throw InputException.usage(
                    "--mfu, --tflops, --step-time, --tokens-per-second: found " + given.size()
                            + " of them, expected at most one",
                    "Each says how long a step takes; give the one that is known.");
        }
        if (!mfu.isEmpty()) {
            boolean percent = mfu.endsWith("%");
            String number = percent ? mfu.substring(0, mfu.length() - 1) : mfu;
            double most = percent ? 100 : 1;
            return new StepBasis.Utilised(Reals.read("--mfu", number, most / 1e6, most) / most);
        }
        if (!tflops.isEmpty()) {
            return new StepBasis.Rate(Reals.read("--tflops", tflops, 1e-6, 1e9) * 1e12);
        }
        if (!stepTime.isEmpty()) {
            return new StepBasis.Measured(Reals.seconds("--step-time", stepTime));
        }
        if (!tokensPerSecond.isEmpty()) {
            return new StepBasis.Throughput(Reals.read("--tokens-per-second", tokensPerSecond, 1e-9, MOST));
        }
        if (!tokensPerSecondPerDevice.isEmpty()) {
            return new StepBasis.ThroughputOfOne(
                    Reals.read("--tokens-per-second-per-device", tokensPerSecondPerDevice, 1e-9, MOST));
        }
        return new StepBasis.Predicted();
    }
}
