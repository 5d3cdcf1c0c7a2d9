package dev.plimsoll.planner.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.cost.Workload;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingStepTest {
    private static final Optimizer ADAM = new Optimizer.Adam(1e-3);
    private static final AttentionKernel TILED = new AttentionKernel.Tiled(64, 128);
    private static final TrainingExecution MODERN =
            TrainingExecution.of(Precision.MIXED_18, TILED).withRecomputation(Recomputation.FUSED_GATES);

    static Stream<Transformer> decoders() {
        return Stream.of(
                Models.gpt2(),
                Models.llama31With8B(),
                Models.llama2With70B(),
                Models.mixtral8x7B(),
                Models.deepSeekV3(),
                Models.gemma3With27B(),
                Models.gptOss20B());
    }

    /// Two walks over the same operators by different rules must agree: this one follows the backward pass as listed,
    /// the other takes twice the forward pass.
    @ParameterizedTest
    @MethodSource("decoders")
    void theListedBackwardPassIsTwiceTheForwardPassOfTheStrictConvention(Transformer model) {
        TrainingExecution writtenOut = TrainingExecution.of(Precision.FULL, new AttentionKernel.Materialised());
        TrainingWork work = TrainingWork.of(TrainingProgram.of(model, writtenOut), new MicroBatch(2, 512));
        FlopCount strict = FlopCount.of(model, new Workload.Training(2, 512), CountingConvention.STRICT);
        assertThat(2.0 * work.sum(Moment.Pass.FORWARD).logical())
                .isEqualTo(strict.forward().count());
        assertThat(2.0 * work.sum(Moment.Pass.GRADIENT).logical())
                .isEqualTo(strict.backward().count());
    }

    /// In tiles, scores are multiplied once more: of `2(d + w)` a pair becomes `2(d + w) + d`.
    @Test
    void tilesMultiplyTheScoresOnceMore() {
        MicroBatch batch = new MicroBatch(1, 256);
        Moment gradient = new Moment("text.1", Moment.Pass.GRADIENT, "attention.core");
        long pairs = 12 * 256 * 257 / 2;
        MultiplyAdds tiled = step(Models.gpt2(), TrainingExecution.of(Precision.FULL, TILED), batch, gradient);
        assertThat(tiled.logical()).isEqualTo(pairs * (4 * 64 + 64));
        // Four query tiles of 64 over two key tiles of 128: the first two see one, the others both.
        assertThat(tiled.executed()).isEqualTo(12 * 64 * 128 * (1 + 1 + 2 + 2) * (4 * 64 + 64));
    }

    @Test
    void aLayerThatIsRunAgainCountsItsForwardPassOnceMore() {
        MicroBatch batch = new MicroBatch(1, 128);
        TrainingExecution full = MODERN.withRecomputation(Recomputation.everywhere(Piece.LAYER));
        TrainingWork work = TrainingWork.of(TrainingProgram.of(Models.llama31With8B(), full), batch);
        FlopCount strict = FlopCount.of(
                Models.llama31With8B(),
                new Workload.Training(1, 128, dev.plimsoll.planner.cost.Recomputation.FULL),
                CountingConvention.STRICT);
        assertThat(2.0 * work.sum(Moment.Pass.RERUN).logical())
                .isEqualTo(strict.recomputation().count());
    }

    /// Masks seen tile by tile, against all pairs one by one.
    @Test
    void aTileIsExecutedWhenAnyOfItsPairsIsSeen() {
        for (AttentionMask mask : masks()) {
            for (int tokens : new int[] {1, 5, 16, 23}) {
                for (int queryTile : new int[] {1, 3, 8}) {
                    for (int keyTile : new int[] {1, 4, 7}) {
                        AttentionKernel.Tiled tiles = new AttentionKernel.Tiled(queryTile, keyTile);
                        assertThat(new TiledPairs(tiles, tokens).executed(mask))
                                .as("%s, %d tokens, %s", mask, tokens, tiles)
                                .isEqualTo(pairByPair(mask, tokens, tiles));
                    }
                }
            }
        }
    }

    @Test
    void statesAreSixteenEighteenOrTwentyBytesAParameter() {
        Transformer model = Models.llama31With8B();
        long parameters = ParameterCount.of(model).total();
        assertThat(states(model, Precision.MIXED_16)).isEqualTo(16 * parameters);
        assertThat(states(model, Precision.MIXED_18)).isEqualTo(18 * parameters);
        assertThat(states(model, Precision.MIXED_20)).isEqualTo(20 * parameters);
        assertThat(states(model, Precision.FULL)).isEqualTo(16 * parameters);
    }

    /// GPT-2's head is its token table: 124,439,808 parameters, as published.
    @Test
    void aTiedTableIsHeldOnce() {
        assertThat(states(Models.gpt2(), Precision.MIXED_16)).isEqualTo(16 * 124_439_808L);
    }

    /// Per layer two maps of 4,096 to 4,096 and two of 4,096 to 1,024, each with `r(in + out)`.
    @Test
    void adaptersAloneHaveGradientsAndOptimizerStates() {
        LowRankAdaptation adaptation =
                new LowRankAdaptation(16, 32, Set.of(Role.QUERY_KEY_VALUE, Role.ATTENTION_OUTPUT));
        TrainingExecution execution = MODERN.withTrained(TrainingExecution.Trained.ADAPTERS);
        TrainingStates states =
                TrainingStates.of(TrainingProgram.of(Models.llama31With8B(), execution, Optional.of(adaptation)), ADAM);
        long adapters = 32 * (2 * 16 * (4096 + 4096) + 2 * 16 * (4096 + 1024));
        assertThat(states.trained()).isEqualTo(adapters);
        assertThat(states.total().count()).isEqualTo(2 * (8_030_261_248L + adapters) + 16 * adapters);
    }

    /// Korthikanti et al. 2022, equation 1, in every layer; beside them the embedding's mask, the last normalisation
    /// with its statistics, the head's input, logits and their log-sum-exp, and token numbers, positions and targets.
    @Test
    void theClassicModelKeepsTheSumOfItsParts() {
        long b = 2;
        long s = 128;
        long h = 768;
        long tokens = b * s;
        TrainingExecution classic = TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Materialised())
                .withDropout(new DropoutRates(0.1, 0.1, 0.1));
        SavedActivations saved = SavedActivations.of(TrainingProgram.of(Models.gpt2(), classic), new MicroBatch(b, s));
        long layer = 34 * tokens * h + 5 * 12 * s * s * b + 16 * tokens;
        assertThat(saved.of("text.5").count()).isEqualTo(layer);
        assertThat(saved.total().count())
                .isEqualTo(12 * layer
                        + tokens * h // embedding dropout's mask
                        + 2 * tokens * h
                        + 8 * tokens // last normalisation
                        + 2 * tokens * h // the head's input
                        + 4 * tokens * 50257
                        + 4 * tokens // logits
                        + 3 * 4 * tokens);
    }

    /// With every layer run again, what is kept grows by its input alone: `2sbh` bytes a layer.
    @Test
    void fullRecomputationKeepsOneInputALayer() {
        TrainingExecution full = MODERN.withRecomputation(Recomputation.everywhere(Piece.LAYER));
        SavedActivations saved =
                SavedActivations.of(TrainingProgram.of(Models.llama31With8B(), full), new MicroBatch(1, 1024));
        assertThat(saved.of("text.7").count()).isEqualTo(2 * 1024 * 4096);
    }

    /// The head's logits, their gradient and the loss's are held at once, in four bytes each; all that is kept but what
    /// the loss alone reads is still there.
    @Test
    void aSmallModelWithALargeVocabularyPeaksAtItsHead() {
        MicroBatch batch = new MicroBatch(1, 64);
        Transformer model = Models.gpt(2, 64, 4, 50_000, 64);
        TrainingProgram program =
                TrainingProgram.of(model, TrainingExecution.of(Precision.FULL, new AttentionKernel.Tiled(16, 16)));
        TrainingStates states = TrainingStates.of(program, ADAM);
        MemoryTimeline timeline = MemoryTimeline.of(program, states, batch);
        assertThat(timeline.peak().moment()).hasToString("text.4 gradient loss");
        long logits = 4 * 64 * 50_000;
        assertThat(timeline.peak().held().count())
                .isEqualTo(states.total().count()
                        + SavedActivations.of(program, batch).total().count()
                        + logits // gradient of the logits
                        + 4
                        + 4); // the loss and its gradient
    }

    @Test
    void nothingButTheLossIsLeftAtTheEnd() {
        TrainingProgram program = TrainingProgram.of(Models.gpt2(), MODERN);
        TrainingStates states = TrainingStates.of(program, ADAM);
        MicroBatch batch = new MicroBatch(2, 32);
        MemoryTimeline timeline = MemoryTimeline.of(program, states, batch);
        long tokens = 64;
        // Looking up the tokens is the first step, so the last whose gradient is taken.
        assertThat(timeline.points().getLast().moment()).hasToString("text.0 gradient embedding.tokens");
        assertThat(timeline.points().getLast().held().count())
                .isEqualTo(states.total().count()
                        + 4 * tokens // token numbers
                        + 2 * tokens * 768 // the gradient of what was looked up
                        + 4); // the loss
    }

    @Test
    void runningLayersAgainLowersThePeak() {
        MicroBatch batch = new MicroBatch(1, 4096);
        long kept = peak(MODERN, batch);
        long again = peak(MODERN.withRecomputation(Recomputation.everywhere(Piece.LAYER)), batch);
        assertThat(again).isLessThan(kept);
    }

    /// GPT-2's first map of the feed-forward network in f32: input, weight, bias, output; for the gradients those of the
    /// output and the input, input and weight, and the parameters' gradients read and written.
    @Test
    void everyTensorIsMovedOnce() {
        TrainingExecution plain = TrainingExecution.of(Precision.FULL, TILED);
        CompulsoryTraffic traffic =
                CompulsoryTraffic.of(TrainingProgram.of(Models.gpt2(), plain), new MicroBatch(1, 100));
        long narrow = 100 * 768;
        long wide = 100 * 3072;
        long weight = 768 * 3072;
        assertThat(moved(traffic, Moment.Pass.FORWARD)).isEqualTo(4 * (narrow + weight + 3072 + wide));
        assertThat(moved(traffic, Moment.Pass.GRADIENT))
                .isEqualTo(4 * (wide + 2 * narrow + weight + 2 * (weight + 3072)));
    }

    private static long moved(CompulsoryTraffic traffic, Moment.Pass pass) {
        return Objects.requireNonNull(traffic.steps().get(new Moment("text.1", pass, "feed_forward.up")))
                .count();
    }

    private static long peak(TrainingExecution execution, MicroBatch batch) {
        TrainingProgram program = TrainingProgram.of(Models.llama31With8B(), execution);
        return MemoryTimeline.of(program, TrainingStates.of(program, ADAM), batch)
                .peak()
                .held()
                .count();
    }

    private static long states(Transformer model, Precision precision) {
        return TrainingStates.of(TrainingProgram.of(model, TrainingExecution.of(precision, TILED)), ADAM)
                .total()
                .count();
    }

    private static MultiplyAdds step(Transformer model, TrainingExecution execution, MicroBatch batch, Moment moment) {
        return TrainingWork.of(TrainingProgram.of(model, execution), batch)
                .steps()
                .getOrDefault(moment, MultiplyAdds.NONE);
    }

    private static Set<AttentionMask> masks() {
        return Set.of(
                new AttentionMask.Everything(),
                new AttentionMask.Causal(),
                new AttentionMask.SlidingWindow(1),
                new AttentionMask.SlidingWindow(6),
                new AttentionMask.Chunked(5),
                new AttentionMask.Blocks(6));
    }

    private static long pairByPair(AttentionMask mask, int tokens, AttentionKernel.Tiled tiles) {
        long pairs = 0;
        for (int query = 0; query < tokens; query += tiles.queryTile()) {
            for (int key = 0; key < tokens; key += tiles.keyTile()) {
                int queryEnd = Math.min(tokens, query + tiles.queryTile());
                int keyEnd = Math.min(tokens, key + tiles.keyTile());
                boolean seen = false;
                for (int i = query; i < queryEnd; i++) {
                    for (int j = key; j < keyEnd; j++) {
                        seen |= sees(mask, i, j);
                    }
                }
                pairs += seen ? (long) (queryEnd - query) * (keyEnd - key) : 0;
            }
        }
        return pairs;
    }

    private static boolean sees(AttentionMask mask, long i, long j) {
        return switch (mask) {
            case AttentionMask.Everything() -> true;
            case AttentionMask.Causal() -> j <= i;
            case AttentionMask.SlidingWindow(long size) -> j <= i && i - j < size;
            case AttentionMask.Chunked(long size) -> j <= i && i / size == j / size;
            case AttentionMask.Blocks(long size) -> i / size == j / size;
            case AttentionMask.Selected selected -> throw new AssertionError();
        };
    }
}
