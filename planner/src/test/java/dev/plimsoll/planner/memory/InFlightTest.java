package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightTest {
    @Test
    void allForwardsFirstHoldEveryMicroBatch() {
        assertThat(InFlight.microBatches(plain(4, PipelineSchedule.GPIPE), 3, 0, 10))
                .isEqualTo(10);
    }

    @Test
    void oneForwardOneBackwardHoldsAsManyAsStagesFollow() {
        PipelineParallel four = plain(4, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        assertThat(List.of(held(four, 0, 10), held(four, 1, 10), held(four, 2, 10), held(four, 3, 10)))
                .containsExactly(4L, 3L, 2L, 1L);
        assertThat(held(four, 0, 2)).isEqualTo(2);
    }

    /// What a stage holds less of whole activations, it may hold of inputs that wait for the gradients of weights.
    @Test
    void aZeroBubbleStageHoldsNoMoreThanTheFirst() {
        PipelineParallel four = plain(4, PipelineSchedule.ZERO_BUBBLE);
        for (int stage = 0; stage < 4; stage++) {
            assertThat(held(four, stage, 10) + InFlight.deferred(four, stage, 10))
                    .isEqualTo(4);
        }
    }

    /// 4 stages of 2 chunks: the first runs 2 · 3 + 4 forwards before its first backward, and one more: 4 of the first
    /// chunk, 4 of the second, 3 of the first.
    @Test
    void interleavedChunksFillInGroups() {
        PipelineParallel eight = new PipelineParallel(4, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of());
        assertThat(InFlight.microBatches(eight, 0, 0, 16)).isEqualTo(7);
        assertThat(InFlight.microBatches(eight, 0, 1, 16)).isEqualTo(4);
        assertThat(InFlight.passes(eight, 0, 16)).isEqualTo(11);
        assertThat(InFlight.passes(eight, 3, 16)).isEqualTo(5);
        assertThat(InFlight.passes(eight, 0, 4)).isEqualTo(8);
    }

    private static long held(PipelineParallel pipeline, int stage, long microBatches) {
        return InFlight.microBatches(pipeline, stage, 0, microBatches);
    }

    private static PipelineParallel plain(int stages, PipelineSchedule schedule) {
        return new PipelineParallel(stages, 1, schedule, List.of());
    }
}
