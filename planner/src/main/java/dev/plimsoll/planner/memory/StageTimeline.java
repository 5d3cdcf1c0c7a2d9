package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.List;

/// How much a stage holds over one step: at each forward and backward pass of a micro-batch through one of its chunks, in
/// the order the stage runs them, and when the optimizer steps.
///
/// Coarse on purpose: a forward pass ends with its activations kept; a backward pass begins with all of them and what it
/// adds at most, and ends without them. All chunks of a stage are taken as equally large.
///
/// @param points in order
/// @param peak the first of the points with the most bytes
public record StageTimeline(List<Point> points, Point peak) {
    /// What is done.
    public enum Pass {
        FORWARD,
        BACKWARD,
        OPTIMIZER
    }

    /// @param number of the pass, from 0
    /// @param held bytes while it is done, at most
    /// @param after bytes behind it
    public record Point(Pass pass, long number, long held, long after) {}

    public StageTimeline {
        points = List.copyOf(points);
    }

    /// @throws dev.plimsoll.model.failure.InputException listing every violation of the layout
    public static StageTimeline of(TrainingJob job, int stage) {
        StageParts parts = StageParts.of(job, stage);
        PipelineParallel pipeline = job.parallelism().pipeline();
        StageMemory memory = parts.memory();
        long saved = 0;
        for (StageParts.Entry entry : parts.entries()) {
            saved += parts.memory(entry).saved() * entry.count();
        }
        long always = memory.states() + memory.buffers();
        Walk walk = new Walk(always, saved / pipeline.chunks(), adds(parts, memory));
        long passes = Math.multiplyExact(job.microBatches(), pipeline.chunks());
        return walk.timeline(InFlight.passes(pipeline, stage, job.microBatches()), passes, behind(memory));
    }

    /// What a backward pass adds at most.
    private static long adds(StageParts parts, StageMemory memory) {
        return switch (memory.moment()) {
            case LOSS, BACKWARD -> memory.logits() + memory.working();
            case REDUCTION, STEP ->
                parts.entries().stream()
                        .mapToLong(entry -> parts.memory(entry).transients())
                        .max()
                        .orElse(0);
        };
    }

    /// What is held behind the last backward pass.
    private static long behind(StageMemory memory) {
        return switch (memory.moment()) {
            case LOSS, BACKWARD -> memory.states() + memory.buffers();
            case REDUCTION, STEP -> memory.allocated();
        };
    }

    private record Walk(long always, long each, long adds) {
        StageTimeline timeline(long inFlight, long passes, long behind) {
            List<Point> points = new ArrayList<>();
            long forward = 0;
            for (long backward = 0; backward < passes; backward++) {
                for (; forward < passes && forward - backward < inFlight; forward++) {
                    long kept = always + (forward - backward + 1) * each;
                    points.add(new Point(Pass.FORWARD, forward, kept, kept));
                }
                long kept = always + (forward - backward) * each;
                points.add(new Point(Pass.BACKWARD, backward, kept + adds, kept - each));
            }
            points.add(new Point(Pass.OPTIMIZER, 0, behind, always));
            Point peak = points.getFirst();
            for (Point point : points) {
                peak = point.held() > peak.held() ? point : peak;
            }
            return new StageTimeline(points, peak);
        }
    }
}
