package dev.plimsoll.planner.time;

import java.util.List;

/// The constants that are fitted to measured runs, with how sure was what they began with.
final class FittedConstants {
    private FittedConstants() {}

    /// Those of runs of llm-foundry in 16 bits.
    static List<ConstantFit.Knob> fsdp() {
        return List.of(
                device("ampere", DeviceKnob.PRODUCTS, 0.06),
                device("ampere", DeviceKnob.SMALL, 0.4),
                device("ampere", DeviceKnob.TRITON, 0.3),
                device("hopper", DeviceKnob.PRODUCTS, 0.12),
                device("hopper", DeviceKnob.SMALL, 0.4),
                device("hopper", DeviceKnob.TRITON, 0.3),
                stack("fsdp", StackKnob.PASSES, 0.3),
                stack("fsdp", StackKnob.LOGIT_BYTES, 0.3),
                stack("fsdp", StackKnob.DATA, 0.5),
                stack("fsdp", StackKnob.UP, 0.2),
                stack("fsdp", StackKnob.OUT, 0.3),
                stack("fsdp", StackKnob.RERUN, 0.2),
                stack("fsdp", StackKnob.STEP_SECONDS, 1.0),
                stack("fsdp", StackKnob.STRAGGLING, 1.0));
    }

    /// Those of its runs in eight bits.
    static List<ConstantFit.Knob> fsdpEightBit() {
        return List.of(stack("fsdp", StackKnob.EIGHT_BIT, 0.15), stack("fsdp", StackKnob.CAST_TRAFFIC, 0.5));
    }

    /// Those of NeMo's runs in eight bits.
    static List<ConstantFit.Knob> nemo() {
        return List.of(
                device("hopper", DeviceKnob.VENDOR, 0.15),
                device("hopper", DeviceKnob.EIGHT_BIT_SMALL, 0.5),
                stack("megatron-te", StackKnob.PASSES, 0.3),
                stack("megatron-te", StackKnob.LOGIT_BYTES, 0.4),
                stack("megatron-te", StackKnob.TENSOR, 0.5),
                stack("megatron-te", StackKnob.DATA, 0.5),
                stack("megatron-te", StackKnob.PIPELINE, 0.7),
                stack("megatron-te", StackKnob.EIGHT_BIT, 0.15),
                stack("megatron-te", StackKnob.CAST_TRAFFIC, 0.5),
                stack("megatron-te", StackKnob.SUM_TRAFFIC, 1.0),
                stack("megatron-te", StackKnob.STEP_SECONDS, 1.0),
                stack("megatron-te", StackKnob.STRAGGLING, 0.7));
    }

    private static ConstantFit.Knob device(String architecture, DeviceKnob knob, double sureness) {
        return ConstantFit.device(
                architecture,
                knob.name(),
                sureness,
                (row, factor) -> ConstantFit.with(
                        row,
                        value -> knob.times(DeviceKnob.PRODUCTS, value, factor),
                        value -> knob.times(DeviceKnob.SMALL, value, factor),
                        value -> knob.times(DeviceKnob.EIGHT_BIT_SMALL, value, factor),
                        value -> knob.times(DeviceKnob.TRITON, value, factor),
                        value -> knob.times(DeviceKnob.VENDOR, value, factor)));
    }

    private static ConstantFit.Knob stack(String framework, StackKnob knob, double sureness) {
        return ConstantFit.stack(
                framework,
                knob.name(),
                sureness,
                (row, factor) -> new StackConstants(
                        row.framework(),
                        row.positions(),
                        knob.times(StackKnob.PASSES, row.passes(), factor),
                        knob.times(StackKnob.LOGIT_BYTES, row.logitBytes(), factor),
                        knob.times(StackKnob.DISPATCH, row.dispatch(), factor),
                        new Exposure(
                                knob.times(StackKnob.TENSOR, row.exposure().tensor(), factor),
                                knob.times(StackKnob.CONTEXT, row.exposure().context(), factor),
                                knob.times(StackKnob.EXPERT, row.exposure().expert(), factor),
                                knob.times(StackKnob.DATA, row.exposure().data(), factor),
                                knob.times(StackKnob.PIPELINE, row.exposure().pipeline(), factor)),
                        knob.times(StackKnob.UP, row.up(), factor),
                        knob.times(StackKnob.OUT, row.out(), factor),
                        knob.times(StackKnob.RERUN, row.rerun(), factor),
                        knob.times(StackKnob.EIGHT_BIT, row.eightBit(), factor),
                        knob.times(StackKnob.CAST_TRAFFIC, row.castTraffic(), factor),
                        knob.times(StackKnob.SUM_TRAFFIC, row.sumTraffic(), factor),
                        knob.times(StackKnob.STEP_SECONDS, row.stepSeconds(), factor),
                        knob.times(StackKnob.STRAGGLING, row.straggling(), factor),
                        row.kernels(),
                        row.source()));
    }

    private enum DeviceKnob {
        PRODUCTS,
        SMALL,
        EIGHT_BIT_SMALL,
        TRITON,
        VENDOR;

        double times(DeviceKnob other, double value, double factor) {
            return this == other ? value * factor : value;
        }
    }

    private enum StackKnob {
        PASSES,
        LOGIT_BYTES,
        DISPATCH,
        TENSOR,
        CONTEXT,
        EXPERT,
        DATA,
        PIPELINE,
        UP,
        OUT,
        RERUN,
        EIGHT_BIT,
        CAST_TRAFFIC,
        SUM_TRAFFIC,
        STEP_SECONDS,
        STRAGGLING;

        double times(StackKnob other, double value, double factor) {
            return this == other ? value * factor : value;
        }
    }
}
