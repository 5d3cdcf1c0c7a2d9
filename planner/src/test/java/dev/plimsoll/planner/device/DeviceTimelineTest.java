package dev.plimsoll.planner.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.training.MemoryTimeline;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.Moment;
import dev.plimsoll.planner.training.TrainingStates;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTimelineTest {
    private static final long S = 128;
    private static final long B = 2;
    private static final long T = S * B;
    private static final long H = 256;
    private static final long A = 8;
    private static final long LAYERS = 16;
    private static final long V = 1024;
    private static final MicroBatch BATCH = new MicroBatch(B, S);
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(64, 64));
    /// Korthikanti et al. 2022, equation 1, with the statistics of two normalisations.
    private static final long LAYER = 34 * T * H + 5 * A * S * S * B + 16 * T;
    /// Token numbers and positions.
    private static final long NUMBERS = 8 * T;

    private static TrainingExecution classic(double embeddingDropout) {
        return TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Materialised())
                .withDropout(new DropoutRates(embeddingDropout, 0.1, 0.1));
    }

    private static Transformer gpt() {
        return Models.gpt(LAYERS, H, A, V, S);
    }

    static Stream<Transformer> decoders() {
        return Stream.of(
                Models.gpt2(),
                Models.llama31With8B(),
                Models.mixtral8x7B(),
                Models.deepSeekV3(),
                Models.gemma3With27B(),
                Models.gptOss20B());
    }

    /// Two walks by different code over one device's program: that of one micro-batch, and that of passes.
    @ParameterizedTest
    @MethodSource("decoders")
    void aDeviceAloneHoldsWhatTheWalkOfOneMicroBatchFinds(Transformer model) {
        for (Piece piece : Piece.values()) {
            TrainingExecution execution = TILED.withRecomputation(Recomputation.everywhere(piece));
            TrainingProgram program = TrainingProgram.of(model, execution);
            MemoryTimeline alone = MemoryTimeline.of(program, TrainingStates.of(program, Runs.ADAM), BATCH);
            DeviceTimeline device = DeviceTimeline.of(Runs.of(model, execution, Parallelism.NONE, 0, BATCH, 1));
            assertThat(device.peak().held()).isEqualTo(alone.peak().held());
            assertThat(device.peak().moment()).isEqualTo(alone.peak().moment());
        }
    }

    static Stream<Parallelism> splits() {
        return Stream.of(
                Runs.tensor(4, SequenceSplit.WHOLE),
                Runs.tensor(4, SequenceSplit.SPLIT),
                Runs.context(4, ContextExchange.RING),
                Runs.context(4, ContextExchange.ALL_TO_ALL),
                Runs.stages(4, 1, PipelineSchedule.GPIPE),
                Runs.stages(4, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD),
                Runs.stages(4, 1, PipelineSchedule.ZERO_BUBBLE),
                Runs.replicas(4, 4, Sharding.WEIGHTS));
    }

    @ParameterizedTest
    @MethodSource("splits")
    void nothingOfAMicroBatchIsLeftBehind(Parallelism parallelism) {
        for (int rank = 0; rank < 4; rank++) {
            DeviceRun run = Runs.of(gpt(), TILED, parallelism, rank, BATCH, 4);
            for (DeviceProgram.Chunk chunk : run.program().chunks()) {
                PassProfile last =
                        new FrameWalk(run, new ChunkSteps(chunk, run), 0).walk().get(StagePass.Kind.WEIGHT_GRADIENTS);
                assertThat(Objects.requireNonNull(last).after())
                        .as("rank %d, chunk %d", rank, chunk.number())
                        .isZero();
            }
        }
    }

    /// Korthikanti et al. 2022, section 4.2.3: `L` layers' worth whatever `p`; section 4.3: `sbhp` bytes of the
    /// embedding's mask.
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void theFirstStageKeepsAllLayersWorth(int p) {
        Parallelism stages = Runs.stages(p, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        DeviceTimeline first = DeviceTimeline.of(Runs.of(gpt(), classic(0.1), stages, 0, BATCH, 2 * p));
        assertThat(first.saved().count()).isEqualTo(LAYERS * LAYER + p * (T * H + NUMBERS));
    }

    /// `p - i` micro-batches of `L / p` layers on stage `i`.
    @Test
    void laterStagesKeepLess() {
        Parallelism stages = Runs.stages(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        DeviceTimeline third = DeviceTimeline.of(Runs.of(gpt(), classic(0.1), stages, 2, BATCH, 8));
        assertThat(third.saved().count()).isEqualTo(2 * LAYERS / 4 * LAYER);
    }

    /// Korthikanti et al. 2022, section 4.2.3: `1 + (p - 1)/(pm)` times as much with `m` chunks a stage. With 4 stages of 2
    /// chunks 11 are kept; as soon as the second chunk goes back, 8 of them are in the first, which reads the numbers.
    @Test
    void interleavingKeepsAFractionMore() {
        Parallelism stages = Runs.stages(4, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        DeviceTimeline first = DeviceTimeline.of(Runs.of(gpt(), classic(0), stages, 0, BATCH, 8));
        assertThat(first.saved().count()).isEqualTo(LAYERS * LAYER * (4 * 2 + 4 - 1) / (4 * 2) + 8 * NUMBERS);
    }

    /// Huang et al. 2019: every micro-batch, `m` times.
    @Test
    void withAllForwardsFirstEveryMicroBatchIsKept() {
        Parallelism stages = Runs.stages(4, 1, PipelineSchedule.GPIPE);
        DeviceTimeline second = DeviceTimeline.of(Runs.of(gpt(), classic(0), stages, 1, BATCH, 6));
        assertThat(second.saved().count()).isEqualTo(6 * LAYERS / 4 * LAYER);
    }

    /// Korthikanti et al. 2022, section 4.3, where one stage is both first and last: `4sbh(1 + v/h)` for the last
    /// normalisation, the output layer and logits; beside them statistics, log-sum-exp and targets.
    @Test
    void withOneStageHeadAndLossComeOnTop() {
        DeviceTimeline only = DeviceTimeline.of(Runs.of(gpt(), classic(0.1), Parallelism.NONE, 0, BATCH, 1));
        assertThat(only.saved().count())
                .isEqualTo(LAYERS * LAYER + T * H + NUMBERS + 4 * T * (H + V) + 8 * T + 4 * T + 4 * T);
    }

    /// Qi et al. 2024: weights' gradients are put off by `i` micro-batches on stage `i`. Of each of these the inputs of
    /// linear maps are left: of a layer `2h + 2h + 2h + 8h` bytes a token, of the head `2h`.
    @Test
    void putOffGradientsKeepTheInputsOfLinearMaps() {
        Parallelism stages = Runs.stages(4, 1, PipelineSchedule.ZERO_BUBBLE);
        DeviceTimeline last = DeviceTimeline.of(Runs.of(gpt(), classic(0), stages, 3, BATCH, 8));
        long head = 4 * T * (H + V) + 8 * T + 4 * T + 4 * T;
        long inputs = LAYERS / 4 * 14 * T * H + 2 * T * H;
        assertThat(last.saved().count()).isEqualTo(LAYERS / 4 * LAYER + head + 3 * inputs);
    }

    /// Beside what is held anyway: forward a layer's weights, backward its gradients too, each in two bytes.
    @Test
    void dealtOutWeightsAndGradientsAreWholeForOneBlockAtATime() {
        long layer = 12 * H * H + 13 * H;
        List<PassProfile.Point> held = points(Runs.replicas(4, 4, Sharding.OPTIMIZER));
        List<PassProfile.Point> gradients = points(Runs.replicas(4, 4, Sharding.GRADIENTS));
        List<PassProfile.Point> weights = points(Runs.replicas(4, 4, Sharding.WEIGHTS));
        for (int i = 0; i < held.size(); i++) {
            Moment moment = held.get(i).moment();
            if (moment.label().equals("text.5")) {
                boolean forward = moment.pass() == Moment.Pass.FORWARD;
                assertThat(gradients.get(i).held() - held.get(i).held())
                        .as(moment.toString())
                        .isEqualTo(forward ? 0 : 2 * layer);
                assertThat(weights.get(i).held() - gradients.get(i).held())
                        .as(moment.toString())
                        .isEqualTo(2 * layer);
            }
        }
    }

    private static List<PassProfile.Point> points(Parallelism parallelism) {
        DeviceRun run = Runs.of(gpt(), TILED, parallelism, 0, BATCH, 1);
        DeviceProgram.Chunk chunk = run.program().chunks().getFirst();
        return new FrameWalk(run, new ChunkSteps(chunk, run), 0)
                .walk().values().stream()
                        .flatMap(profile -> profile.points().stream())
                        .toList();
    }
}
