package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.units.Flops;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.Recomputation;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.Set;

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

    /// The same step counted under another convention. What is run again is counted as that convention does where it
    /// counts any, and in the same proportion as here where it does not.
    public Utilisation under(CountingConvention other, TrainingJob job) {
        FlopCount own = count(convention, job);
        FlopCount counted = count(other, job);
        double taken = modelFlops.count() / asked(own).count();
        Flops model = asked(counted).times(taken);
        boolean always = other.recomputed() == CountingConvention.Recomputed.ALWAYS_FULL;
        double again = counted.recomputation().count() > 0
                ? 1 + counted.recomputation().count() / asked(counted).count()
                : hardwareFlops.count() / modelFlops.count();
        return new Utilisation(other, always ? model.times(again) : model, model.times(again), peak, seconds);
    }

    private static Flops asked(FlopCount count) {
        return count.forward().plus(count.backward());
    }

    private static FlopCount count(CountingConvention convention, TrainingJob job) {
        return FlopCount.of(
                job.model(),
                new Workload.Training(job.batch().globalBatch(), job.batch().sequenceLength(), again(job)),
                convention);
    }

    /// The recomputation that conventions know; none where it is another.
    private static Recomputation again(TrainingJob job) {
        Set<Piece> pieces = job.method().recomputation().what();
        boolean everywhere = job.method().recomputation().layers().equals(new LayerPattern.Every(1));
        if (everywhere && pieces.contains(Piece.LAYER)) {
            return Recomputation.FULL;
        }
        return everywhere && pieces.equals(Set.of(Piece.CORE_ATTENTION)) ? Recomputation.SELECTIVE : Recomputation.NONE;
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
