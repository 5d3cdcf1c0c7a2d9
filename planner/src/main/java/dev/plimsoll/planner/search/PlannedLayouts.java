package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.time.Calibration;
import dev.plimsoll.planner.time.ConstantTables;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything that the layouts of one search share, made before it begins and only read while it runs.
final class PlannedLayouts implements LayoutCosts {
    private final TrainingJob job;
    private final SearchSpace space;
    private final LayoutRules rules;
    private final BlockKinds kinds;
    private final List<Calibration> calibrations;
    private final List<TrainingBatch> batches;
    /// By pipeline and recomputation; empty where the pipeline cannot be run.
    private final List<Optional<StageClasses>> stages = new ArrayList<>();

    PlannedLayouts(TrainingJob job, SearchSpace space) {
        this.job = job;
        this.space = space;
        this.rules = new PlannedRules(job, space);
        this.kinds = new BlockKinds(job.method());
        this.calibrations = space.devices().stream()
                .map(devices -> Calibration.of(
                        job.model(), job.method(), devices.cluster().accelerator(), ConstantTables.shipped()))
                .toList();
        this.batches = space.microBatches().stream()
                .map(micro -> new TrainingBatch(
                        job.batch().globalBatch(), micro, job.batch().sequenceLength()))
                .toList();
        for (int pipeline = 0; pipeline < space.pipelines().size(); pipeline++) {
            addStages(pipeline);
        }
    }

    private void addStages(int at) {
        Optional<Layout> layout = rules.pipeline(at).isPresent()
                ? Optional.empty()
                : Optional.of(layout(space.pipelines().get(at)));
        for (Recomputation recomputation : space.recomputations()) {
            stages.add(
                    layout.map(found -> StageClasses.of(found, job.method().withRecomputation(recomputation), kinds)));
        }
    }

    private Layout layout(PipelineParallel pipeline) {
        Parallelism none = Parallelism.NONE;
        return Layout.of(PlannedRules.smallest(
                job,
                new Parallelism(
                        none.tensor(),
                        none.context(),
                        none.expert(),
                        pipeline,
                        new DataParallel(1, 1, Sharding.NONE))));
    }

    @Override
    public Group of(int devices, int tensor, int context) {
        Cluster cluster = space.devices().get(devices).cluster();
        Calibration calibration = calibrations.get(devices);
        SplitTables whole = new SplitTables(
                this, split(tensor, context, Parallelism.NONE.expert()), cluster, calibration, Optional.empty());
        return experts -> {
            Parallelism split = split(tensor, context, space.experts().get(experts));
            SplitTables tables = new SplitTables(this, split, cluster, calibration, Optional.of(whole));
            return new PlannedSplit(this, split, cluster, calibration, tables);
        };
    }

    private Parallelism split(int tensor, int context, ExpertParallel experts) {
        return new Parallelism(
                space.tensor().get(tensor),
                space.context().get(context),
                experts,
                Parallelism.NONE.pipeline(),
                new DataParallel(1, 1, Sharding.NONE));
    }

    LayoutRules rules() {
        return rules;
    }

    TrainingJob job() {
        return job;
    }

    SearchSpace space() {
        return space;
    }

    BlockKinds kinds() {
        return kinds;
    }

    TrainingBatch batch(int microBatch) {
        return batches.get(microBatch);
    }

    StageClasses stages(int pipeline, int recomputation) {
        return stages.get(pipeline * space.recomputations().size() + recomputation)
                .orElseThrow();
    }
}
