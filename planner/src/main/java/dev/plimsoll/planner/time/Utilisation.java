package dev.plimsoll.planner.time;

import dev.plimsoll.model.units.Flops;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.training.TrainingJob;

/// What a step makes of the devices' peak, under a named convention.
///
/// MFU counts what the model asks for, HFU what is run again too. Where only adapters are trained, the gradients that are
/// not taken are not counted. The peak is that of the arithmetic, dense.
///
/// Source: Chowdhery et al. 2022 (PaLM), section 4.1 and appendix B.
///
/// @param convention by which FLOPs are counted
/// @param modelFlops of one step on all devices
/// @param hardwareFlops the same with what is run again
/// @param peak FLOP/s of all devices together
/// @param seconds of the step, predicted or measured
public record Utilisation(
        CountingConvention convention, Flops modelFlops, Flops hardwareFlops, double peak, double seconds) {
    private static final int PASSES = 3;

    /// @param work of one micro-batch on one device of each stage
    static Utilisation of(
            TrainingJob job, Cluster cluster, CountingConvention convention, LayerTime.Work work, double seconds) {
        FlopCount count = FlopCount.of(
                job.model(),
                new Workload.Training(job.batch().globalBatch(), job.batch().sequenceLength()),
                convention);
        double taken = (work.forward() + work.backward()) / (PASSES * work.forward());
        Flops model = count.forward().plus(count.backward()).times(taken);
        Flops hardware = model.times(1 + work.rerun() / (work.forward() + work.backward()));
        double peak = Calibration.peak(cluster.accelerator(), job.method()) * cluster.devices();
        return new Utilisation(convention, model, hardware, peak, seconds);
    }

    /// The same step had it taken so long.
    public Utilisation at(double otherSeconds) {
        return new Utilisation(convention, modelFlops, hardwareFlops, peak, otherSeconds);
    }

    /// Model FLOPs utilisation.
    public double mfu() {
        return modelFlops.count() / seconds / peak;
    }

    /// Hardware FLOPs utilisation.
    public double hfu() {
        return hardwareFlops.count() / seconds / peak;
    }

    /// Model FLOP/s over all devices.
    public double modelFlopsPerSecond() {
        return modelFlops.count() / seconds;
    }

    /// Seconds of a step at so many model FLOP/s over all devices.
    ///
    /// @param flopsPerSecond above 0
    public double secondsAtSpeed(double flopsPerSecond) {
        return modelFlops.count() / flopsPerSecond;
    }

    /// Seconds of a step at that utilisation.
    ///
    /// @param mfu above 0
    public double secondsAt(double mfu) {
        return modelFlops.count() / (peak * mfu);
    }
}
