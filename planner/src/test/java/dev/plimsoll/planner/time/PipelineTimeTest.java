package dev.plimsoll.planner.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineTimeTest {
    @ParameterizedTest
    @CsvSource({"2, 4", "4, 4", "4, 8", "8, 32", "3, 7", "4, 1"})
    void evenStagesIdleForTheOthersForwardAndBackward(int stages, int microBatches) {
        double forward = 2;
        double backward = 3;
        double expected = (microBatches + stages - 1) * (forward + backward);
        assertThat(replay(even(stages, 1, forward, backward, 0), PipelineSchedule.GPIPE, microBatches))
                .isCloseTo(expected, within(1e-9));
        assertThat(replay(
                        even(stages, 1, forward, backward, 0), PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, microBatches))
                .isCloseTo(expected, within(1e-9));
        assertThat(closed(stages, 1, forward, backward, 0, PipelineSchedule.GPIPE, microBatches))
                .isCloseTo(expected, within(1e-9));
        assertThat(closed(stages, 1, forward, backward, 0, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, microBatches))
                .isCloseTo(expected, within(1e-9));
    }

    /// Narayanan et al. 2021, section 2.2.2: the bubble is `(p - 1) (f + b) / v`.
    @ParameterizedTest
    @CsvSource({"2, 2, 4", "4, 2, 8", "4, 5, 16", "8, 12, 16"})
    void interleavingDividesTheBubbleByTheChunks(int stages, int chunks, int microBatches) {
        double expected = microBatches * 5.0 + (stages - 1) * 5.0 / chunks;
        assertThat(replay(
                        even(stages, chunks, 2.0 / chunks, 3.0 / chunks, 0),
                        PipelineSchedule.ONE_FORWARD_ONE_BACKWARD,
                        microBatches))
                .isCloseTo(expected, within(1e-9));
        assertThat(closed(stages, chunks, 2, 3, 0, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, microBatches))
                .isCloseTo(expected, within(1e-9));
    }

    /// Qi et al. 2024, table 1: of ZB-H1 `(p - 1) (f + b - w)` is left, with `f = b = w = 1`.
    @ParameterizedTest
    @CsvSource({"2, 4", "4, 8", "4, 16", "8, 24"})
    void puttingOffTheWeightsGradientsFillsTwoThirdsOfTheBubble(int stages, int microBatches) {
        double expected = 3.0 * microBatches + (stages - 1);
        assertThat(replay(even(stages, 1, 1, 1, 1), PipelineSchedule.ZERO_BUBBLE, microBatches))
                .isCloseTo(expected, within(1e-9));
        assertThat(closed(stages, 1, 1, 2, 1, PipelineSchedule.ZERO_BUBBLE, microBatches))
                .isCloseTo(expected, within(1e-9));
    }

    @Test
    void noScheduleWaitsForEver() {
        for (int stages = 1; stages <= 5; stages++) {
            for (int microBatches = 1; microBatches <= 13; microBatches++) {
                for (PipelineSchedule schedule : PipelineSchedule.values()) {
                    assertThat(replay(even(stages, 1, 1, 1, 1), schedule, microBatches))
                            .as("%s, %d stages, %d micro-batches", schedule, stages, microBatches)
                            .isGreaterThanOrEqualTo(3.0 * microBatches);
                }
            }
        }
    }

    @Test
    void noInterleavedScheduleWaitsForEver() {
        for (int stages = 2; stages <= 5; stages++) {
            for (int chunks = 2; chunks <= 4; chunks++) {
                for (int groups = 1; groups <= 4; groups++) {
                    PipelineReplay.Chunk[][] pieces = even(stages, chunks, 1, 1, 1);
                    assertThat(replay(pieces, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, groups * stages))
                            .as("%d stages of %d chunks, %d groups", stages, chunks, groups)
                            .isGreaterThanOrEqualTo(3.0 * chunks * groups * stages);
                }
            }
        }
    }

    @Test
    void aStageThatTakesTwiceAsLongSetsThePace() {
        PipelineReplay.Chunk[][] stages = even(3, 1, 1, 2, 0);
        stages[1][0] = new PipelineReplay.Chunk(2, 4, 0);
        // Eight times the slow stage's 6, and the two others' 3 while it fills and drains.
        assertThat(replay(stages, PipelineSchedule.GPIPE, 8)).isCloseTo(8 * 6 + 2 * 3, within(1e-9));
        // Here the last stage's turn hides behind the slow one's, but for the first forward and the last backward.
        assertThat(replay(stages, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, 8)).isBetween(48.0 + 1 + 2, 54.0);
    }

    @Test
    void theClosedFormStaysNearTheReplayWhereStagesDiffer() {
        long seed = 20261123;
        Random random = new Random(seed);
        for (int trial = 0; trial < 200; trial++) {
            int stages = 2 + random.nextInt(7);
            int microBatches = stages * (1 + random.nextInt(6));
            PipelineReplay.Chunk[][] chunks = even(stages, 1, 1, 2, 0);
            for (PipelineReplay.Chunk[] stage : chunks) {
                double size = 1 + 0.3 * random.nextDouble();
                stage[0] = new PipelineReplay.Chunk(size, 2 * size, 0);
            }
            StageTime[] times = Arrays.stream(chunks)
                    .map(stage -> stage(stage[0].forward(), stage[0].backward(), 0))
                    .toArray(StageTime[]::new);
            double exact = replay(chunks, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, microBatches);
            double closed = PipelineTime.seconds(times, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, 1, microBatches, 0);
            assertThat(closed).as("seed %d, trial %d", seed, trial).isCloseTo(exact, within(0.08 * exact));
        }
    }

    private static double replay(PipelineReplay.Chunk[][] stages, PipelineSchedule schedule, int microBatches) {
        return PipelineReplay.seconds(stages, schedule, microBatches, 0);
    }

    private static double closed(
            int stages, int chunks, double forward, double backward, double weights, PipelineSchedule schedule, int m) {
        StageTime[] times = IntStream.range(0, stages)
                .mapToObj(stage -> stage(forward, backward, weights))
                .toArray(StageTime[]::new);
        return PipelineTime.seconds(times, schedule, chunks, m, 0);
    }

    private static StageTime stage(double forward, double backward, double weights) {
        return new StageTime(
                forward,
                backward,
                weights,
                forward + backward,
                0,
                0,
                0,
                LayerTime.Parameters.NONE,
                LayerTime.Parameters.NONE);
    }

    private static PipelineReplay.Chunk[][] even(
            int stages, int chunks, double forward, double backward, double weights) {
        PipelineReplay.Chunk[][] all = new PipelineReplay.Chunk[stages][chunks];
        for (PipelineReplay.Chunk[] stage : all) {
            Arrays.fill(stage, new PipelineReplay.Chunk(forward, backward, weights));
        }
        return all;
    }
}
