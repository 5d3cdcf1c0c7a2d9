package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.memory.LayerMemory;
import dev.plimsoll.planner.memory.LayerSplit;
import dev.plimsoll.planner.time.Calibration;
import dev.plimsoll.planner.time.Conditions;
import dev.plimsoll.planner.time.LayerTime;
import dev.plimsoll.planner.time.PipelineTime;
import dev.plimsoll.planner.time.Split;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingBatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What each kind of block costs under one split, by micro-batch; worked out when it is first asked for.
///
/// What has no experts is looked up where experts are whole, so that it is worked out once for all ways to deal them out.
final class SplitTables {
    private final PlannedLayouts layouts;
    private final SplitTables whole;
    private final Parallelism split;
    private final LayerSplit layerSplit;
    private final Conditions conditions;
    private final @Nullable LayerMemory[] memories;
    private final @Nullable LayerTime[] times;
    private final double[] hopElements;
    private final int microBatches;

    /// @param whole the tables of the same split with whole experts, unless these are they
    SplitTables(
            PlannedLayouts layouts,
            Parallelism split,
            Cluster cluster,
            Calibration calibration,
            Optional<SplitTables> whole) {
        this.layouts = layouts;
        this.whole = whole.orElse(this);
        this.split = split;
        this.layerSplit = LayerSplit.of(split);
        this.conditions = calibration.conditions(cluster, split);
        this.microBatches = layouts.space().microBatches().size();
        this.memories = new LayerMemory[layouts.kinds().count() * microBatches];
        this.times = new LayerTime[layouts.kinds().clocks() * microBatches];
        this.hopElements = new double[microBatches];
    }

    LayerMemory memory(int kind, int microBatch) {
        return (layouts.kinds().hasExperts(kind) ? this : whole).ownMemory(kind, microBatch);
    }

    private LayerMemory ownMemory(int kind, int microBatch) {
        int at = kind * microBatches + microBatch;
        LayerMemory known = memories[at];
        if (known != null) {
            return known;
        }
        LayerMemory memory = layouts.kinds().layer(kind).memory(layerSplit, layouts.batch(microBatch));
        memories[at] = memory;
        return memory;
    }

    LayerTime time(int clock, int microBatch) {
        return (layouts.kinds().clockHasExperts(clock) ? this : whole).ownTime(clock, microBatch);
    }

    private LayerTime ownTime(int clock, int microBatch) {
        int at = clock * microBatches + microBatch;
        LayerTime known = times[at];
        if (known != null) {
            return known;
        }
        LayerTime time = LayerTime.of(layouts.kinds().run(clock), split(microBatch), conditions);
        times[at] = time;
        return time;
    }

    /// Bytes that a stage sends to the next for one micro-batch.
    double hopBytes(int microBatch) {
        if (hopElements[microBatch] == 0) {
            hopElements[microBatch] = PipelineTime.hopElements(layouts.job().model(), split(microBatch));
        }
        return hopElements[microBatch] * conditions.elementBytes();
    }

    private Split split(int microBatch) {
        TrainingBatch batch = layouts.batch(microBatch);
        return new Split(
                split,
                new MicroBatch(batch.microBatch(), batch.sequenceLength()),
                layouts.job().method().load().hundredths() / 100.0);
    }
}
