package dev.plimsoll.model.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.StagePass.Kind;
import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PipelineOrderTest {
    @Test
    void oneForwardOneBackwardWarmsUpByTheStagesBehind() {
        assertThat(words(pipeline(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), 0, 6))
                .isEqualTo("F0 F1 F2 F3 B0 F4 B1 F5 B2 B3 B4 B5");
        assertThat(words(pipeline(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), 3, 3))
                .isEqualTo("F0 B0 F1 B1 F2 B2");
    }

    @Test
    void runsOfMicroBatchesPassOneChunkAfterTheOther() {
        assertThat(words(pipeline(2, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), 1, 2))
                .isEqualTo("F0 F1 F0' B0' F1' B1' B0 B1");
    }

    @Test
    void zeroBubblePutsWeightsOffByTheNumberOfTheStage() {
        assertThat(words(pipeline(3, 1, PipelineSchedule.ZERO_BUBBLE), 0, 4))
                .isEqualTo("F0 F1 F2 B0 W0 F3 B1 W1 B2 W2 B3 W3");
        assertThat(words(pipeline(3, 1, PipelineSchedule.ZERO_BUBBLE), 2, 4))
                .isEqualTo("F0 B0 F1 B1 F2 B2 W0 F3 B3 W1 W2 W3");
    }

    /// `p - i` on stage `i` of 1F1B; all of GPipe; as many as on stage 0 under zero bubble, those whose weights wait for
    /// their gradients included. Source: Qi et al. 2024, section 2.3.
    @Test
    void aStageHoldsSoManyMicroBatchesAtMost() {
        for (int stage = 0; stage < 4; stage++) {
            assertThat(mostInFlight(pipeline(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), stage, 9))
                    .isEqualTo(4 - stage);
            assertThat(mostInFlight(pipeline(4, 1, PipelineSchedule.GPIPE), stage, 9))
                    .isEqualTo(9);
            assertThat(mostInFlight(pipeline(4, 1, PipelineSchedule.ZERO_BUBBLE), stage, 9))
                    .isEqualTo(4);
        }
    }

    /// `pm + p - 1` chunks of `L/(pm)` layers: Korthikanti et al. 2022, section 4.2.3, `L(1 + (p - 1)/(pm))`.
    @ParameterizedTest
    @CsvSource({"4, 2, 8", "3, 3, 12", "2, 4, 4"})
    void interleavingHoldsMoreOnTheFirstStage(int stages, int chunks, int microBatches) {
        assertThat(mostInFlight(pipeline(stages, chunks, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), 0, microBatches))
                .isEqualTo(stages * chunks + stages - 1);
    }

    /// Run by all stages together, each in its order: none waits for ever.
    @ParameterizedTest
    @EnumSource
    void everyPassFindsWhatItWaitsFor(PipelineSchedule schedule) {
        for (int stages = 1; stages <= 4; stages++) {
            for (int chunks = 1;
                    chunks <= (schedule == PipelineSchedule.ZERO_BUBBLE || stages == 1 ? 1 : 3);
                    chunks++) {
                for (int microBatches : new int[] {stages, 2 * stages, 3 * stages}) {
                    PipelineParallel pipeline = pipeline(stages, chunks, schedule);
                    int kinds = schedule == PipelineSchedule.ZERO_BUBBLE ? 3 : 2;
                    assertThat(done(pipeline, microBatches))
                            .as("%s, %d micro-batches", pipeline, microBatches)
                            .hasSize(kinds * stages * chunks * microBatches);
                }
            }
        }
    }

    @Test
    void stagesThatTakeTurnsNeedAMultipleOfThemselves() {
        assertThatThrownBy(() -> PipelineOrder.of(pipeline(2, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), 0, 3))
                .isInstanceOf(InputException.class)
                .hasMessage("micro-batches: found 3, expected a multiple of 2 stages, which take turns");
    }

    /// A pass over all the model: which piece of it, and which way.
    private record Done(Kind kind, int piece, int microBatch) {}

    private static Set<Done> done(PipelineParallel pipeline, int microBatches) {
        List<List<StagePass>> waiting = new ArrayList<>();
        for (int stage = 0; stage < pipeline.degree(); stage++) {
            waiting.add(new ArrayList<>(PipelineOrder.of(pipeline, stage, microBatches)));
        }
        Set<Done> done = new HashSet<>();
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int stage = 0; stage < pipeline.degree(); stage++) {
                while (!waiting.get(stage).isEmpty()
                        && canRun(pipeline, stage, waiting.get(stage).getFirst(), done)) {
                    StagePass pass = waiting.get(stage).removeFirst();
                    done.add(new Done(pass.kind(), pass.chunk() * pipeline.degree() + stage, pass.microBatch()));
                    moved = true;
                }
            }
        }
        return done;
    }

    private static boolean canRun(PipelineParallel pipeline, int stage, StagePass pass, Set<Done> done) {
        int piece = pass.chunk() * pipeline.degree() + stage;
        int last = pipeline.degree() * pipeline.chunks() - 1;
        return switch (pass.kind()) {
            case FORWARD -> piece == 0 || done.contains(new Done(Kind.FORWARD, piece - 1, pass.microBatch()));
            case BACKWARD ->
                done.contains(new Done(Kind.FORWARD, piece, pass.microBatch()))
                        && (piece == last || done.contains(new Done(Kind.BACKWARD, piece + 1, pass.microBatch())));
            case WEIGHT_GRADIENTS -> done.contains(new Done(Kind.BACKWARD, piece, pass.microBatch()));
        };
    }

    private static PipelineParallel pipeline(int stages, int chunks, PipelineSchedule schedule) {
        return new PipelineParallel(stages, chunks, schedule, List.of());
    }

    /// The kind's first letter, then the micro-batch; a dash behind those of the second chunk.
    private static String words(PipelineParallel pipeline, int stage, int microBatches) {
        return PipelineOrder.of(pipeline, stage, microBatches).stream()
                .map(pass ->
                        pass.kind().name().charAt(0) + Integer.toString(pass.microBatch()) + "'".repeat(pass.chunk()))
                .collect(Collectors.joining(" "));
    }

    private static int mostInFlight(PipelineParallel pipeline, int stage, int microBatches) {
        boolean putsOff = pipeline.schedule() == PipelineSchedule.ZERO_BUBBLE;
        int held = 0;
        int most = 0;
        for (StagePass pass : PipelineOrder.of(pipeline, stage, microBatches)) {
            held += switch (pass.kind()) {
                case FORWARD -> 1;
                case BACKWARD -> putsOff ? 0 : -1;
                case WEIGHT_GRADIENTS -> -1;
            };
            most = Math.max(most, held);
        }
        return most;
    }
}
