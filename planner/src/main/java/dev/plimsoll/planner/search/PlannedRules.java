package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks [Layout#check] once for each choice, everything else being as small as can be.
final class PlannedRules implements LayoutRules {
    private static final DataParallel ALONE = new DataParallel(1, 1, Sharding.NONE);

    private final SearchSpace space;
    private final long globalBatch;
    private final List<Optional<Rejection>> splits = new ArrayList<>();
    private final List<Optional<Rejection>> experts = new ArrayList<>();
    private final List<Optional<Rejection>> pipelines = new ArrayList<>();

    PlannedRules(TrainingJob job, SearchSpace space) {
        this.space = space;
        this.globalBatch = job.batch().globalBatch();
        Parallelism none = Parallelism.NONE;
        for (Parallelism.TensorParallel tensor : space.tensor()) {
            for (Parallelism.ContextParallel context : space.context()) {
                splits.add(check(
                        job,
                        new Parallelism(tensor, context, none.expert(), none.pipeline(), ALONE),
                        Rejection.TENSOR));
            }
        }
        for (ExpertParallel expert : space.experts()) {
            int replicas = Math.multiplyExact(expert.degree(), expert.tensorDegree());
            DataParallel data = new DataParallel(replicas, 1, Sharding.NONE);
            experts.add(check(
                    job,
                    new Parallelism(none.tensor(), none.context(), expert, none.pipeline(), data),
                    Rejection.EXPERTS));
        }
        for (PipelineParallel pipeline : space.pipelines()) {
            pipelines.add(check(
                    job,
                    new Parallelism(none.tensor(), none.context(), none.expert(), pipeline, ALONE),
                    Rejection.PIPELINE));
        }
    }

    @Override
    public Optional<Rejection> split(int tensor, int context) {
        return splits.get(tensor * space.context().size() + context);
    }

    @Override
    public Optional<Rejection> experts(int expert) {
        return experts.get(expert);
    }

    @Override
    public Optional<Rejection> pipeline(int pipeline) {
        return pipelines.get(pipeline);
    }

    @Override
    public long globalBatch() {
        return globalBatch;
    }

    /// A step of as many sequences as stages and replicas ask for.
    static TrainingJob smallest(TrainingJob job, Parallelism parallelism) {
        long batch = (long) parallelism.data().degree() * parallelism.pipeline().degree();
        return job.withParallelism(parallelism)
                .withBatch(new TrainingBatch(batch, 1, job.batch().sequenceLength()));
    }

    private static Optional<Rejection> check(TrainingJob job, Parallelism parallelism, Rejection otherwise) {
        List<Violation> violations = Layout.check(smallest(job, parallelism), parallelism.devices());
        if (violations.isEmpty()) {
            return Optional.empty();
        }
        boolean context =
                violations.stream().allMatch(violation -> violation.option().equals("cp"));
        return Optional.of(context ? Rejection.CONTEXT : otherwise);
    }
}
