package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import java.util.Arrays;
import java.util.List;

/// Runs a schedule turn by turn: each stage takes its turns in order, each as soon as what it needs has arrived.
///
/// Exact for uneven stages and chunks; the closed forms of [PipelineTime] are checked against it.
public final class PipelineReplay {
    private final Chunk[][] chunks;
    private final int stages;
    private final int perStage;
    private final int microBatches;
    private final double hop;
    private final double[][] forwardEnd;
    private final double[][] backwardEnd;

    /// What one micro-batch takes on one chunk of a stage.
    ///
    /// @param backward seconds of the way back, without `weightGradients`
    /// @param weightGradients seconds of what zero-bubble schedules put off; elsewhere run with the way back
    public record Chunk(double forward, double backward, double weightGradients) {}

    private PipelineReplay(Chunk[][] chunks, int microBatches, double hop) {
        this.chunks = chunks;
        this.microBatches = microBatches;
        this.hop = hop;
        stages = chunks.length;
        perStage = chunks[0].length;
        forwardEnd = unfinished();
        backwardEnd = unfinished();
    }

    /// Seconds from the first forward to the last gradient.
    ///
    /// @param chunks of each stage, as many on each
    /// @param hop seconds until what one stage made has arrived on the next
    public static double seconds(Chunk[][] chunks, PipelineSchedule schedule, int microBatches, double hop) {
        PipelineReplay replay = new PipelineReplay(chunks, microBatches, hop);
        return replay.run(schedule);
    }

    private double[][] unfinished() {
        double[][] ends = new double[stages * perStage][microBatches];
        for (double[] row : ends) {
            Arrays.fill(row, Double.POSITIVE_INFINITY);
        }
        return ends;
    }

    private double run(PipelineSchedule schedule) {
        List<List<Turn>> turns = TurnOrder.of(schedule, stages, perStage, microBatches);
        int[] next = new int[stages];
        double[] free = new double[stages];
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int stage = 0; stage < stages; stage++) {
                List<Turn> order = turns.get(stage);
                while (next[stage] < order.size()) {
                    Turn turn = order.get(next[stage]);
                    double ready = ready(stage, turn);
                    if (Double.isInfinite(ready)) {
                        break;
                    }
                    free[stage] = take(stage, turn, Math.max(free[stage], ready));
                    next[stage]++;
                    moved = true;
                }
            }
        }
        for (int stage = 0; stage < stages; stage++) {
            if (next[stage] < turns.get(stage).size()) {
                throw new IllegalStateException("stage " + stage + " waits for ever in " + schedule);
            }
        }
        return Arrays.stream(free).max().orElse(0);
    }

    private double ready(int stage, Turn turn) {
        int here = turn.chunk() * stages + stage;
        return switch (turn.work()) {
            case FORWARD -> here == 0 ? 0 : forwardEnd[here - 1][turn.microBatch()] + hop;
            case BACKWARD, BACKWARD_FOR_INPUTS ->
                here == stages * perStage - 1
                        ? forwardEnd[here][turn.microBatch()]
                        : backwardEnd[here + 1][turn.microBatch()] + hop;
            case WEIGHT_GRADIENTS -> backwardEnd[here][turn.microBatch()];
        };
    }

    private double take(int stage, Turn turn, double start) {
        int here = turn.chunk() * stages + stage;
        Chunk chunk = chunks[stage][turn.chunk()];
        double end = start
                + switch (turn.work()) {
                    case FORWARD -> chunk.forward();
                    case BACKWARD -> chunk.backward() + chunk.weightGradients();
                    case BACKWARD_FOR_INPUTS -> chunk.backward();
                    case WEIGHT_GRADIENTS -> chunk.weightGradients();
                };
        switch (turn.work()) {
            case FORWARD -> forwardEnd[here][turn.microBatch()] = end;
            case BACKWARD, BACKWARD_FOR_INPUTS -> backwardEnd[here][turn.microBatch()] = end;
            case WEIGHT_GRADIENTS -> {}
        }
        return end;
    }
}
