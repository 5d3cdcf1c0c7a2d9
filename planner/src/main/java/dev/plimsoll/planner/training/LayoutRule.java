package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.planner.framework.FrameworkProfile.StageSplit;
import dev.plimsoll.planner.training.Layout.Chunk;
import dev.plimsoll.planner.training.Layout.Stage;
import java.util.ArrayList;
import java.util.List;

/// Deals layers out to stages.
final class LayoutRule {
    private final TrainingJob job;
    private final PipelineParallel pipeline;
    private final TextStack stack;
    private final int chunks;

    LayoutRule(TrainingJob job) {
        this.job = job;
        this.pipeline = job.parallelism().pipeline();
        this.stack = TextStack.of(job.model(), job.method().furtherTokens());
        this.chunks = Math.multiplyExact(pipeline.degree(), pipeline.chunks());
    }

    Layout layout() {
        List<Violation> violations = new LayoutCheck(job, job.parallelism().devices()).violations();
        if (!violations.isEmpty()) {
            throw Violation.refusal(violations);
        }
        long[] counts = counts();
        List<List<Chunk>> stages = new ArrayList<>();
        for (int stage = 0; stage < pipeline.degree(); stage++) {
            stages.add(new ArrayList<>());
        }
        long from = 0;
        for (int at = 0; at < chunks; at++) {
            List<Block> before = at == 0 ? stack.before() : List.of();
            List<Block> behind = at == chunks - 1 ? stack.behind() : List.of();
            stages.get(at % pipeline.degree()).add(new Chunk(at, before, slice(from, counts[at]), behind));
            from += counts[at];
        }
        List<Stage> numbered = new ArrayList<>();
        for (int stage = 0; stage < stages.size(); stage++) {
            numbered.add(new Stage(stage, stages.get(stage)));
        }
        return new Layout(numbered, stack.count());
    }

    private long[] counts() {
        if (!pipeline.layers().isEmpty()) {
            return pipeline.layers().stream().mapToLong(Integer::longValue).toArray();
        }
        StageSplit split = job.method().framework().split();
        return switch (split) {
            case EQUAL_COUNTS -> spread(stack.count(), 0);
            case EDGES_AS_LAYERS -> chunks == 1 ? spread(stack.count(), 0) : spread(stack.count() + 2, 1);
            case BY_COST -> new CostWalk(stack, chunks).counts();
        };
    }

    /// As many everywhere, one more on the first chunks where it does not divide.
    ///
    /// @param edge places on the first and on the last chunk that are not layers
    private long[] spread(long places, long edge) {
        long[] counts = new long[chunks];
        for (int at = 0; at < chunks; at++) {
            counts[at] = places / chunks + (at < places % chunks ? 1 : 0);
        }
        counts[0] -= edge;
        counts[chunks - 1] -= edge;
        return counts;
    }

    /// The layers from place `from` on, as runs of identical ones.
    private List<LayerRun> slice(long from, long count) {
        List<LayerRun> runs = new ArrayList<>();
        long place = 0;
        for (LayerRun run : stack.layers()) {
            long first = Math.max(from, place);
            long end = Math.min(from + count, place + run.count());
            if (end > first) {
                runs.add(new LayerRun(run.block(), run.first() + first - place, end - first));
            }
            place += run.count();
        }
        return runs;
    }
}
