package dev.plimsoll.planner.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.DegreeCheck;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.training.MicroBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds of every layout, at random ones.
class EveryLayoutTest {
    private static final MicroBatch BATCH = new MicroBatch(2, 32);
    private static final int MICRO_BATCHES = 4;
    private static final int TOP_K = 4;
    private static final LowRankAdaptation ADAPTERS =
            new LowRankAdaptation(2, 4, Set.of(Role.QUERY_KEY_VALUE, Role.ATTENTION_OUTPUT, Role.FEED_FORWARD));

    private static Transformer experts() {
        return Models.decoder(
                "mixtral",
                EmbeddingRecipe.plain(64, 32),
                Models.repeat(
                        Models.before(
                                SelfAttention.causal(new Heads(8, 4, 8)),
                                MixtureOfExperts.gated(Models.routing(8, TOP_K), 16, ActivationFunction.SILU)),
                        4),
                HeadRecipe.Weights.TIED,
                Models.RMS);
    }

    private static Transformer dense() {
        return Models.llama(4, 32, 8, 4, 4, 48, 64);
    }

    /// Every device ends with nothing of a micro-batch, and holds at its fullest what its states and what it keeps take, or
    /// more.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void nothingIsLeftBehind(long seed) {
        Random random = new Random(seed);
        boolean mixture = random.nextBoolean();
        Transformer model = mixture ? experts() : dense();
        TrainingExecution execution = execution(random);
        Parallelism parallelism = parallelism(random, mixture);
        Optional<LowRankAdaptation> adaptation =
                execution.trained() == Trained.ADAPTERS ? Optional.of(ADAPTERS) : Optional.empty();
        assertThat(DegreeCheck.violations(model, execution, parallelism))
                .as("seed %d: %s", seed, parallelism)
                .isEmpty();
        for (int rank = 0; rank < parallelism.devices(); rank++) {
            DeviceRun run = new DeviceRun(
                    DeviceProgram.of(model, execution, parallelism, adaptation, rank),
                    BATCH,
                    MICRO_BATCHES,
                    Runs.ADAM,
                    RoutedCopies.balanced(parallelism, BATCH, TOP_K));
            for (DeviceProgram.Chunk chunk : run.program().chunks()) {
                PassProfile last =
                        new FrameWalk(run, new ChunkSteps(chunk, run), 0).walk().get(StagePass.Kind.WEIGHT_GRADIENTS);
                assertThat(Objects.requireNonNull(last).after())
                        .as("seed %d, rank %d, %s", seed, rank, parallelism)
                        .isZero();
            }
            DeviceTimeline timeline = DeviceTimeline.of(run);
            assertThat(timeline.peak().held())
                    .as("seed %d, rank %d, %s", seed, rank, parallelism)
                    .isGreaterThanOrEqualTo(timeline.states().total().plus(timeline.saved()));
        }
    }

    /// What one device of a ring or pair sends another receives: sums over all devices of a step agree with what each
    /// group exchanges, `n - 1` times the whole.
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25})
    void ringsSendTheWholeOnceLessThanTheyHaveDevices(long seed) {
        Random random = new Random(seed);
        Parallelism parallelism = parallelism(random, false);
        TrainingExecution execution = execution(random).withTrained(Trained.EVERYTHING);
        Map<DeviceTraffic.Link, Long> wire = new HashMap<>();
        Map<DeviceTraffic.Link, Long> logical = new HashMap<>();
        int members = 0;
        for (int rank = 0; rank < parallelism.devices(); rank++) {
            DeviceRun run = new DeviceRun(
                    DeviceProgram.of(dense(), execution, parallelism, Optional.empty(), rank),
                    BATCH,
                    MICRO_BATCHES,
                    Runs.ADAM,
                    RoutedCopies.none());
            members = run.program().members(DeviceGroup.TENSOR).size();
            DeviceTraffic.of(run).volumes().forEach((link, volume) -> {
                wire.merge(link, volume.wire().count(), Math::addExact);
                logical.merge(link, volume.logical().count(), Math::addExact);
            });
        }
        for (Exchange exchange : new Exchange[] {Exchange.ALL_GATHER, Exchange.REDUCE_SCATTER}) {
            DeviceTraffic.Link link = new DeviceTraffic.Link(DeviceGroup.TENSOR, exchange);
            assertThat(wire.getOrDefault(link, 0L) * members)
                    .as("seed %d, %s, %s", seed, link, parallelism)
                    .isEqualTo(logical.getOrDefault(link, 0L) * (members - 1));
        }
    }

    @Test
    void sequencesThatCannotBeCutAreRefused() {
        Parallelism parallelism = Runs.context(3, ContextExchange.RING);
        assertThatThrownBy(() -> Runs.of(dense(), execution(new Random(1)), parallelism, 0, BATCH, 1))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "sequence: found 32 tokens, expected a multiple of 3, since so many devices hold a part of it");
    }

    private static TrainingExecution execution(Random random) {
        Recomputation recomputation =
                random.nextBoolean() ? Recomputation.NONE : Recomputation.everywhere(any(random, Piece.values()));
        return TrainingExecution.of(Precision.MIXED_20, new AttentionKernel.Tiled(8, 8))
                .withRecomputation(recomputation)
                .withTrained(random.nextInt(4) == 0 ? Trained.ADAPTERS : Trained.EVERYTHING);
    }

    private static <T> T any(Random random, T[] all) {
        return List.of(all).get(random.nextInt(all.length));
    }

    private static Parallelism parallelism(Random random, boolean mixture) {
        int tensor = 1 << random.nextInt(3);
        SequenceSplit sequence = mixture || random.nextBoolean() ? SequenceSplit.SPLIT : SequenceSplit.WHOLE;
        int context = 1 + random.nextInt(2);
        ContextExchange exchange =
                tensor < 4 && random.nextBoolean() ? ContextExchange.ALL_TO_ALL : ContextExchange.RING;
        int stages = 1 << random.nextInt(2);
        int data = 1 + random.nextInt(2);
        PipelineSchedule schedule = any(random, PipelineSchedule.values());
        int chunks = stages > 1 && schedule != PipelineSchedule.ZERO_BUBBLE ? 1 + random.nextInt(2) : 1;
        Sharding sharding = any(random, Sharding.values());
        int parts = mixture && tensor > 1 && random.nextBoolean() ? 2 : 1;
        int devices = tensor * context * data / parts;
        int degree = mixture ? Math.min(8, Integer.lowestOneBit(devices)) : 1;
        return new Parallelism(
                new TensorParallel(tensor, sequence),
                new ContextParallel(context, exchange),
                new ExpertParallel(degree, parts),
                new PipelineParallel(stages, chunks, schedule, List.of()),
                new DataParallel(data, data, sharding));
    }
}
