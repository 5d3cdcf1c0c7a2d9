package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.memory.InFlight;
import dev.plimsoll.planner.memory.LayerMemory;
import dev.plimsoll.planner.memory.StageMemory;
import dev.plimsoll.planner.memory.StageRules;
import dev.plimsoll.planner.time.Calibration;
import dev.plimsoll.planner.time.Conditions;
import dev.plimsoll.planner.time.LayerTime;
import dev.plimsoll.planner.time.PipelineTime;
import dev.plimsoll.planner.time.StageTime;
import dev.plimsoll.planner.time.StepRules;
import dev.plimsoll.planner.time.StepTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Prices layouts from tables: the same sums as [dev.plimsoll.planner.memory.MemoryPlan] and, by the closed form of the
/// pipeline, [dev.plimsoll.planner.time.StepPlan], over kinds of blocks and kinds of stages.
///
/// Of stages with the same blocks only the first and the last are summed up: the nearer the front, the more
/// micro-batches are in flight, and the fewer gradients of weights are put off; memory is linear in both.
final class PlannedSplit implements SplitCosts {
    private static final int UNKNOWN = -1;

    private final PlannedLayouts layouts;
    private final Parallelism split;
    private final Cluster cluster;
    private final Calibration calibration;
    private final SplitTables tables;
    private final double[] least;
    private int pipeline;
    private PipelineParallel stages;
    private Parallelism layout;
    private final @Nullable StageRules[] memoryRules;
    private Conditions conditions;
    private StepRules stepRules;
    private boolean hasConditions;
    private boolean hasStepRules;

    PlannedSplit(
            PlannedLayouts layouts, Parallelism split, Cluster cluster, Calibration calibration, SplitTables tables) {
        this.layouts = layouts;
        this.split = split;
        this.cluster = cluster;
        this.calibration = calibration;
        this.tables = tables;
        SearchSpace space = layouts.space();
        this.least =
                new double[space.microBatches().size() * space.recomputations().size()];
        this.layout = split;
        this.stages = split.pipeline();
        this.memoryRules = new StageRules[space.microBatches().size()];
        this.conditions = calibration.conditions(cluster, split);
        this.stepRules = calibration.rules(cluster, split);
    }

    SplitTables tables() {
        return tables;
    }

    @Override
    public void pipeline(int number, int replicas) {
        pipeline = number;
        stages = layouts.space().pipelines().get(number);
        layout = new Parallelism(
                split.tensor(),
                split.context(),
                split.expert(),
                stages,
                new DataParallel(replicas, 1, Parallelism.Sharding.NONE));
        Arrays.fill(least, UNKNOWN);
        hasConditions = false;
    }

    @Override
    public void sharding(int number, int shards) {
        ShardingChoice choice = layouts.space().shardings().get(number);
        DataParallel data = new DataParallel(layout.data().degree(), shards, choice.sharding());
        layout = new Parallelism(split.tensor(), split.context(), split.expert(), stages, data);
        Arrays.fill(memoryRules, null);
        hasStepRules = false;
    }

    @Override
    public long stateBytes() {
        long most = 0;
        for (StageClass stage : layouts.stages(pipeline, 0).classes()) {
            most = Math.max(most, memory(stage, 0, 1, stage.first()).deviceForStates());
        }
        return most;
    }

    @Override
    public long deviceBytes(int microBatch, int recomputation) {
        long most = 0;
        long microBatches = microBatches(microBatch);
        for (StageClass stage : layouts.stages(pipeline, recomputation).classes()) {
            most = Math.max(
                    most, memory(stage, microBatch, microBatches, stage.first()).device());
            if (stages.schedule() == PipelineSchedule.ZERO_BUBBLE && stage.last() != stage.first()) {
                most = Math.max(
                        most,
                        memory(stage, microBatch, microBatches, stage.last()).device());
            }
        }
        return most;
    }

    private StageMemory memory(StageClass stage, int microBatch, long microBatches, int number) {
        int count = stage.kinds().length;
        LayerMemory[] kinds = new LayerMemory[count];
        long[] inFlight = new long[count];
        long[] deferred = new long[count];
        long puttingOff = InFlight.deferred(stages, number, microBatches);
        for (int kind = 0; kind < count; kind++) {
            kinds[kind] = tables.memory(stage.kinds()[kind], microBatch);
            deferred[kind] = stage.counts()[kind] * puttingOff;
        }
        for (int chunk = 0; chunk < stage.ofChunks().length; chunk++) {
            long flying = InFlight.microBatches(stages, number, chunk, microBatches);
            for (int kind = 0; kind < count; kind++) {
                inFlight[kind] += stage.ofChunks()[chunk][kind] * flying;
            }
        }
        return StageMemory.of(kinds, stage.counts(), inFlight, deferred, memoryRules(microBatch));
    }

    private StageRules memoryRules(int microBatch) {
        StageRules known = memoryRules[microBatch];
        if (known != null) {
            return known;
        }
        StageRules rules = StageRules.of(layouts.job().withParallelism(layout).withBatch(layouts.batch(microBatch)));
        memoryRules[microBatch] = rules;
        return rules;
    }

    @Override
    public double secondsAtLeast(int microBatch, int recomputation) {
        int at = microBatch * layouts.space().recomputations().size() + recomputation;
        if (least[at] == UNKNOWN) {
            double sum = 0;
            for (StageClass stage : layouts.stages(pipeline, recomputation).classes()) {
                for (int kind = 0; kind < stage.kinds().length; kind++) {
                    LayerTime time = tables.time(stage.clocks()[kind], microBatch);
                    sum += stage.stages() * stage.counts()[kind] * (time.forwardSeconds() + time.backwardSeconds());
                }
            }
            least[at] = sum / stages.degree() * microBatches(microBatch);
        }
        return least[at];
    }

    @Override
    public double seconds(int microBatch, int recomputation) {
        StageClasses classes = layouts.stages(pipeline, recomputation);
        prepareTimes();
        StageTime[] ofClass = new StageTime[classes.classes().length];
        for (int at = 0; at < ofClass.length; at++) {
            ofClass[at] = time(classes.classes()[at], microBatch);
        }
        StageTime[] ofStage = new StageTime[classes.ofStage().length];
        for (int stage = 0; stage < ofStage.length; stage++) {
            ofStage[stage] = ofClass[classes.ofStage()[stage]];
        }
        long microBatches = microBatches(microBatch);
        double hop = ofStage.length == 1
                ? 0
                : conditions.rings().pipeline().send(tables.hopBytes(microBatch))
                        * conditions.exposure().pipeline();
        double pipelineSeconds = PipelineTime.seconds(ofStage, stages.schedule(), stages.chunks(), microBatches, hop);
        return StepTime.of(ofStage, microBatches, pipelineSeconds, stepRules).seconds();
    }

    private void prepareTimes() {
        if (!hasConditions) {
            conditions = calibration.conditions(cluster, layout);
            hasConditions = true;
        }
        if (!hasStepRules) {
            stepRules = calibration.rules(cluster, layout);
            hasStepRules = true;
        }
    }

    private StageTime time(StageClass stage, int microBatch) {
        LayerTime[] kinds = new LayerTime[stage.clocks().length];
        for (int kind = 0; kind < kinds.length; kind++) {
            kinds[kind] = tables.time(stage.clocks()[kind], microBatch);
        }
        return StageTime.of(kinds, stage.counts(), stepRules.sharing());
    }

    private long microBatches(int microBatch) {
        return layouts.batch(microBatch).microBatches(layout.data().degree());
    }
}
