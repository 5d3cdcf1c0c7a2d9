package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.generation.CachePolicy.OutOfSight;
import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.OperatorWork;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes and multiply-adds of inference against sums over each model's own sizes.
class GenerationWorkTest {
    private static final int V = TinyModels.VOCABULARY;
    private static final int H = TinyModels.HIDDEN;

    private final Memory memory = Memory.unlimited();
    private final Workers workers = new Workers(2);
    private final Meter meter = Meter.counting(2);
    private final Machine machine = Machine.of(Kernels.best(), workers, meter, memory);

    @AfterEach
    void end() {
        workers.close();
    }

    /// Multiply-adds of one token in llama's two layers, but for its attention cores: query and output `20 x 32`, key and
    /// value `20 x 16`, three feed-forward matrices `20 x 24`.
    private static final long LLAMA_MAPS = 2 * (2 * H * 32 + 2 * H * 16 + 3 * H * 24L);
    /// And of each pair of tokens: four heads of eight, for scores and for outputs, in two layers.
    private static final long LLAMA_PAIR = 2 * 4 * (8 + 8);

    @Test
    void aCacheSavesTheRunsOverEarlierTokens() {
        TextModel model = model(TinyModels.llama(), GenerationOptions.of(Precision.FULL, contiguous()));
        int tokens = 9;
        long with = 0;
        Sequence kept = model.start();
        for (int i = 0; i < tokens; i++) {
            with += multiplyAdds(model, kept, 1);
        }
        long without = 0;
        for (int i = 1; i <= tokens; i++) {
            without += multiplyAdds(model, model.start(), i);
        }
        assertThat(with).isEqualTo(tokens * (LLAMA_MAPS + (long) V * H) + LLAMA_PAIR * (9 * 10 / 2));
        // Passes over 1, 2 .. 9 tokens: 45 of them, and pairs 1 + 3 + 6 .. + 45 = 9 · 10 · 11 / 6. The head once each.
        assertThat(without).isEqualTo(45 * LLAMA_MAPS + tokens * (long) V * H + LLAMA_PAIR * (9 * 10 * 11 / 6));
    }

    @Test
    void everyOperatorsWorkIsToldApart() {
        TextModel model = model(TinyModels.llama(), GenerationOptions.of(Precision.FULL, contiguous()));
        long before = meter.counts().logicalMultiplyAdds();
        Fed fed = model.feed(List.of(new Feed(model.start(), tokens(6))), After.NEWEST);
        long sum = 0;
        for (OperatorWork work : fed.works()) {
            sum += work.counts().logicalMultiplyAdds();
        }
        assertThat(sum).isEqualTo(meter.counts().logicalMultiplyAdds() - before);
        assertThat(fed.works())
                .filteredOn(work -> work.operator().equals("attention.core"))
                .hasSize(2)
                .allSatisfy(work ->
                        assertThat(work.counts().logicalMultiplyAdds()).isEqualTo(LLAMA_PAIR / 2 * (6 * 7 / 2)));
    }

    /// Per token three heads of six plain and five value elements over a latent of seven, whichever way they are mapped.
    @Test
    void mapsFromALatentWorkTheSameHoweverTheyAreUsed() {
        for (LatentUse use : List.of(LatentUse.ABSORBED, LatentUse.KEPT_EXPANDED)) {
            TextModel model = model(
                    TinyModels.deepSeek(),
                    GenerationOptions.of(Precision.FULL, contiguous()).withLatents(use));
            Sequence sequence = model.start();
            multiplyAdds(model, sequence, 4);
            Fed fed = model.feed(List.of(new Feed(sequence, tokens(1))), After.NEWEST);
            assertThat(sum(fed, "attention.key")).isEqualTo(2 * 3 * 6 * 7);
            assertThat(sum(fed, "attention.value")).isEqualTo(2 * 3 * 5 * 7);
        }
    }

    private static long sum(Fed fed, String operator) {
        return fed.works().stream()
                .filter(work -> work.operator().equals(operator))
                .mapToLong(work -> work.counts().logicalMultiplyAdds())
                .sum();
    }

    /// Two layers of five experts, of which each of six tokens passes two.
    @Test
    void aFeedTellsWhereItsTokensWereSent() {
        TextModel model = model(TinyModels.mixture(), GenerationOptions.of(Precision.FULL, contiguous()));
        Fed fed = model.feed(List.of(new Feed(model.start(), tokens(6))), After.NEWEST);
        assertThat(fed.routed()).extracting(RoutedTokens::layer).containsExactly(0L, 1L);
        assertThat(fed.routed()).allSatisfy(routed -> {
            assertThat(routed.tokens()).hasSize(5);
            assertThat(routed.tokens().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(6 * 2);
        });
        assertThat(new RoutedTokens(0, "router", List.of(3, 0, 1)).distinct()).isEqualTo(2);
    }

    @Test
    void piecesCostAsMuchAsTheWholeButForTheHead() {
        TextModel model = model(TinyModels.llama(), GenerationOptions.of(Precision.FULL, contiguous()));
        long whole = multiplyAdds(model, model.start(), 12);
        Sequence sequence = model.start();
        long pieces =
                multiplyAdds(model, sequence, 5) + multiplyAdds(model, sequence, 5) + multiplyAdds(model, sequence, 2);
        assertThat(pieces - whole).isEqualTo(2 * (long) V * H);
    }

    @Test
    void theHeadIsRunForEveryTokenWhereAllLogitsAreAskedFor() {
        TextModel model = model(TinyModels.llama(), GenerationOptions.of(Precision.FULL, contiguous()));
        long newest = multiplyAdds(model, model.start(), 6);
        long before = meter.counts().logicalMultiplyAdds();
        model.feed(List.of(new Feed(model.start(), tokens(6))), After.EVERY);
        assertThat(meter.counts().logicalMultiplyAdds() - before - newest).isEqualTo(5 * (long) V * H);
    }

    @Test
    void absorbedAttentionMultipliesInTheSpaceOfTheLatent() {
        // Three heads; six plain, four rotated, five value elements; a latent of seven; two layers. Per token and head
        // the maps between heads and latent cost 6 · 7 and 5 · 7 on either way.
        long absorbed = decode(LatentUse.ABSORBED);
        long keptExpanded = decode(LatentUse.KEPT_EXPANDED);
        long expandedAgain = decode(LatentUse.EXPANDED_AGAIN);
        int context = 10;
        assertThat(absorbed - keptExpanded).isEqualTo(2L * 3 * context * ((7 + 4 + 7) - (6 + 4 + 5)));
        assertThat(expandedAgain - keptExpanded).isEqualTo(2L * 3 * (context - 1) * (6 * 7 + 5 * 7));
    }

    /// Multiply-adds of the tenth token.
    private long decode(LatentUse use) {
        TextModel model = model(
                TinyModels.deepSeek(),
                GenerationOptions.of(Precision.FULL, contiguous()).withLatents(use));
        Sequence sequence = model.start();
        multiplyAdds(model, sequence, 9);
        return multiplyAdds(model, sequence, 1);
    }

    @Test
    void aDecodeStepReadsEachWeightAndEachEntryOnce() {
        TextModel model = model(TinyModels.llama(), GenerationOptions.of(Precision.MIXED_16, contiguous()));
        Sequence first = model.start();
        Sequence second = model.start();
        model.feed(List.of(new Feed(first, tokens(5)), new Feed(second, tokens(8))), After.NEWEST);
        Traffic traffic = model.feed(List.of(new Feed(first, tokens(1)), new Feed(second, tokens(1))), After.NEWEST)
                .traffic();
        // Two layers of two key/value heads of eight, keys and values, in bf16: contexts of 6 and 9.
        long entry = 2 * 2 * 2 * 8 * 2;
        assertThat(traffic.cacheRead()).isEqualTo(new Bytes(entry * (6 + 9)));
        assertThat(traffic.cacheWritten()).isEqualTo(new Bytes(entry * 2));
        // The maps, two norms a layer and one at the end, the table once as a head, and two of its rows.
        assertThat(traffic.weightsRead()).isEqualTo(new Bytes(2 * (LLAMA_MAPS + 5 * H + V * H + 2 * H)));
    }

    @Test
    void aLatentIsReadOnceForAllHeads() {
        GenerationOptions options = GenerationOptions.of(Precision.MIXED_16, contiguous());
        assertThat(deepSeekRead(options)).isEqualTo(new Bytes(2 * (7 + 4) * 2 * 10));
        assertThat(deepSeekRead(options.withLatents(LatentUse.EXPANDED_AGAIN)))
                .isEqualTo(new Bytes(2 * (7 + 4) * 2 * 10));
        assertThat(deepSeekRead(options.withLatents(LatentUse.KEPT_EXPANDED)))
                .isEqualTo(new Bytes(2 * 3 * (10 + 5) * 2 * 10));
    }

    private Bytes deepSeekRead(GenerationOptions options) {
        TextModel model = model(TinyModels.deepSeek(), options);
        Sequence sequence = model.start();
        model.feed(List.of(new Feed(sequence, tokens(9))), After.NEWEST);
        return model.feed(List.of(new Feed(sequence, tokens(1))), After.NEWEST)
                .traffic()
                .cacheRead();
    }

    @Test
    void aWindowReadsNoMoreThanItsSize() {
        for (OutOfSight outOfSight : OutOfSight.values()) {
            TextModel model = model(
                    TinyModels.windows(),
                    GenerationOptions.of(Precision.FULL, contiguous()).withOutOfSight(outOfSight));
            Sequence sequence = model.start();
            model.feed(List.of(new Feed(sequence, tokens(9))), After.NEWEST);
            Traffic traffic = model.feed(List.of(new Feed(sequence, tokens(1))), After.NEWEST)
                    .traffic();
            // A window of three in one layer, all ten tokens in the other; two heads of eight, keys and values, f32.
            assertThat(traffic.cacheRead()).isEqualTo(new Bytes((3 + 10) * 2 * 2 * 8 * 4));
        }
    }

    @Test
    void theCacheHoldsWhatItIsAllocatedFor() {
        int tokens = 10;
        long entry = 2 * 2 * 8 * 4;
        assertHeld(TinyModels.windows(), new CacheLayout.Contiguous(tokens), OutOfSight.LET_GO, (3 + 10) * entry);
        assertHeld(TinyModels.windows(), new CacheLayout.Contiguous(tokens), OutOfSight.KEPT, (10 + 10) * entry);
        assertHeld(TinyModels.windows(), new CacheLayout.Paged(4), OutOfSight.LET_GO, (4 + 12) * entry);
        assertHeld(TinyModels.windows(), new CacheLayout.Paged(4), OutOfSight.KEPT, (12 + 12) * entry);
        assertHeld(TinyModels.windows(), new CacheLayout.Paged(1), OutOfSight.LET_GO, (3 + 10) * entry);
        assertHeld(TinyModels.chunks(), new CacheLayout.Paged(1), OutOfSight.LET_GO, (4 + 10) * entry);
        assertHeld(TinyModels.deepSeek(), new CacheLayout.Paged(8), OutOfSight.LET_GO, 2 * 16 * (7 + 4) * 4);
    }

    private void assertHeld(Transformer transformer, CacheLayout layout, OutOfSight outOfSight, long bytes) {
        TextModel model =
                model(transformer, GenerationOptions.of(Precision.FULL, layout).withOutOfSight(outOfSight));
        Sequence sequence = model.start();
        model.feed(List.of(new Feed(sequence, tokens(10))), After.NEWEST);
        assertThat(sequence.allocated()).isEqualTo(new Bytes(bytes));
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(new Bytes(bytes));
        sequence.release();
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void neededBytesAreThoseOfTheEntriesAlone() {
        TextModel model =
                model(TinyModels.windows(), GenerationOptions.of(Precision.MIXED_16, new CacheLayout.Paged(4)));
        Sequence sequence = model.start();
        model.feed(List.of(new Feed(sequence, tokens(10))), After.NEWEST);
        assertThat(sequence.needed()).isEqualTo(new Bytes((3 + 10) * 2 * 2 * 8 * 2));
    }

    static List<Transformer> models() {
        return TinyModels.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void scalarKernelsCountTheSame(Transformer transformer) {
        Meter counted = Meter.counting(2);
        Machine scalar = Machine.of(new ScalarKernels(), workers, counted, memory);
        GenerationOptions options = GenerationOptions.of(Precision.FULL, contiguous());
        TextModel slow = new TextModel(InferenceProgram.of(transformer), weights(), scalar, options);
        TextModel fast = model(transformer, options);
        Sequence slowly = slow.start();
        Sequence quickly = fast.start();
        for (int count : List.of(7, 1, 3)) {
            Feed feed = new Feed(slowly, tokens(count));
            Traffic traffic = slow.feed(List.of(feed), After.NEWEST).traffic();
            assertThat(fast.feed(List.of(new Feed(quickly, tokens(count))), After.NEWEST)
                            .traffic())
                    .isEqualTo(traffic);
        }
        assertThat(meter.counts().logicalMultiplyAdds())
                .isEqualTo(counted.counts().logicalMultiplyAdds());
        assertThat(meter.counts().bytesRead()).isEqualTo(counted.counts().bytesRead());
        assertThat(meter.counts().bytesWritten()).isEqualTo(counted.counts().bytesWritten());
    }

    @ParameterizedTest
    @MethodSource("models")
    void theNumberOfThreadsChangesNoBit(Transformer transformer) {
        float[] one = logits(transformer, 1);
        assertThat(logits(transformer, 2)).containsExactly(one);
        assertThat(logits(transformer, 3)).containsExactly(one);
    }

    private float[] logits(Transformer transformer, int threads) {
        try (Workers some = new Workers(threads)) {
            Machine own = Machine.of(Kernels.best(), some, Meter.off(), memory);
            TextModel model = new TextModel(
                    InferenceProgram.of(transformer),
                    weights(),
                    own,
                    GenerationOptions.of(Precision.FULL, contiguous()));
            Sequence sequence = model.start();
            model.feed(List.of(new Feed(sequence, tokens(9))), After.NEWEST);
            Fed fed = model.feed(List.of(new Feed(sequence, tokens(2))), After.EVERY);
            assertThat(fed.traffic().weightsRead()).isEqualTo(Bytes.ZERO);
            return fed.logits().values();
        }
    }

    private TextModel model(Transformer transformer, GenerationOptions options) {
        return new TextModel(InferenceProgram.of(transformer), weights(), machine, options);
    }

    private Weights weights() {
        return new RandomWeights(memory, DataType.BF16, 1);
    }

    private static CacheLayout contiguous() {
        return new CacheLayout.Contiguous(16);
    }

    private long multiplyAdds(TextModel model, Sequence sequence, int tokens) {
        long before = meter.counts().logicalMultiplyAdds();
        model.feed(List.of(new Feed(sequence, tokens(tokens))), After.NEWEST);
        return meter.counts().logicalMultiplyAdds() - before;
    }

    private static List<Integer> tokens(int count) {
        return IntStream.range(0, count).mapToObj(i -> (5 * i + 2) % V).toList();
    }
}
