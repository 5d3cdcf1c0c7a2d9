package dev.plimsoll.cli;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.memory.MemoryPlan;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Single changes of a run that does not fit after which it does, each tried.
final class TrainRemedies {
    private static final int LISTED = 4;

    private final TrainingJob job;
    private final Cluster cluster;
    private final Map<String, TrainingJob> changes = new LinkedHashMap<>();

    private TrainRemedies(TrainingJob job, Cluster cluster) {
        this.job = job;
        this.cluster = cluster;
    }

    /// Flags to add or to change, the gentlest first; empty where none of them is enough.
    static List<String> of(TrainingJob job, Cluster cluster) {
        return new TrainRemedies(job, cluster).fitting();
    }

    private List<String> fitting() {
        microBatch();
        sharding();
        recomputation();
        degrees();
        List<String> fitting = new ArrayList<>();
        changes.forEach((flags, changed) -> {
            if (fitting.size() < LISTED && fits(changed)) {
                fitting.add(flags);
            }
        });
        return fitting;
    }

    private boolean fits(TrainingJob changed) {
        return Layout.check(changed, cluster.devices()).isEmpty()
                && MemoryPlan.of(changed).worstStage().device()
                        <= cluster.accelerator().usableMemory().whole();
    }

    private void microBatch() {
        TrainingBatch batch = job.batch();
        if (batch.microBatch() > 1) {
            changes.put(
                    "--micro-batch-size 1",
                    job.withBatch(new TrainingBatch(batch.globalBatch(), 1, batch.sequenceLength())));
        }
    }

    private void sharding() {
        Parallelism split = job.parallelism();
        int replicas = split.data().degree();
        for (Sharding more : Sharding.values()) {
            if (replicas > 1 && more.zero() > split.data().sharding().zero()) {
                changes.put(
                        "--zero " + more.zero(),
                        job.withParallelism(with(
                                split, split.tensor(), split.pipeline(), new DataParallel(replicas, replicas, more))));
            }
        }
    }

    private void recomputation() {
        Recomputation some = Recomputation.everywhere(Piece.NORMALIZATION, Piece.ACTIVATION);
        for (Recomputation more : List.of(some, Recomputation.everywhere(Piece.LAYER))) {
            if (!more.equals(job.method().recomputation())) {
                changes.put(
                        "--recompute " + RecomputeWords.print(more),
                        job.withMethod(job.method().withRecomputation(more)));
            }
        }
    }

    /// More tensor or pipeline parallelism, and as much less data parallelism.
    private void degrees() {
        Parallelism split = job.parallelism();
        int replicas = split.data().degree();
        for (int factor = 2; factor <= replicas; factor *= 2) {
            if (replicas % factor != 0) {
                continue;
            }
            DataParallel fewer = fewer(split.data(), replicas / factor);
            int tensor = split.tensor().degree() * factor;
            if (tensor <= cluster.domain()) {
                TensorParallel wider = new TensorParallel(
                        tensor, job.method().framework().defaults().sequence());
                changes.put("--tp " + tensor, job.withParallelism(with(split, wider, split.pipeline(), fewer)));
            }
            PipelineParallel pipeline = split.pipeline();
            int stages = pipeline.degree() * factor;
            changes.put(
                    "--pp " + stages,
                    job.withParallelism(with(
                            split,
                            split.tensor(),
                            new PipelineParallel(stages, pipeline.chunks(), pipeline.schedule(), List.of()),
                            fewer)));
        }
    }

    private static DataParallel fewer(DataParallel data, int replicas) {
        return new DataParallel(replicas, data.sharding() == Sharding.NONE ? 1 : replicas, data.sharding());
    }

    private static Parallelism with(
            Parallelism split, TensorParallel tensor, PipelineParallel pipeline, DataParallel data) {
        ExpertParallel expert = split.expert();
        return new Parallelism(tensor, split.context(), expert, pipeline, data);
    }
}
