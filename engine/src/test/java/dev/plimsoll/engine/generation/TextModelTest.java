package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.generation.CachePolicy.OutOfSight;
import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TextModelTest {
    private static final long SEED = 314;
    private static final List<Integer> TEXT = List.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8);

    private final Memory memory = new Memory(new Bytes(1 << 24), AfterRelease.POISON);
    private final Workers workers = new Workers(2);
    private final Machine machine = Machine.of(Kernels.best(), workers, Meter.counting(2), memory);
    private final RandomWeights weights = new RandomWeights(memory, DataType.F32, SEED);

    @AfterEach
    void end() {
        workers.close();
    }

    /// Every family's wiring with every cache that it can have.
    static Stream<Arguments> families() {
        return TinyModels.all().stream()
                .flatMap(model ->
                        options(model).stream().map(options -> Arguments.of(model.architecture(), model, options)));
    }

    private static List<GenerationOptions> options(Transformer model) {
        GenerationOptions plain = GenerationOptions.of(Precision.FULL, new CacheLayout.Contiguous(16));
        GenerationOptions paged = GenerationOptions.of(Precision.FULL, new CacheLayout.Paged(3));
        List<GenerationOptions> options = new ArrayList<>(List.of(
                plain,
                paged,
                plain.withOutOfSight(OutOfSight.KEPT),
                plain.withAttention(new AttentionKernel.Tiled(2, 3))));
        if (model.architecture().startsWith("deepseek")) {
            options.add(plain.withLatents(LatentUse.EXPANDED_AGAIN));
            options.add(paged.withLatents(LatentUse.KEPT_EXPANDED));
        }
        return options;
    }

    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("families")
    void eachStepGivesTheRowOfTheWholeText(String name, Transformer transformer, GenerationOptions options) {
        InferenceProgram program = InferenceProgram.of(transformer);
        List<float[]> rows = WholeText.logits(program, weights, machine, TEXT);
        TextModel model = new TextModel(program, weights, machine, options);
        Sequence sequence = model.start();
        for (int token = 0; token < TEXT.size(); token++) {
            Feed feed = new Feed(sequence, List.of(TEXT.get(token)));
            float[] logits = model.feed(List.of(feed), After.NEWEST).logits().newest(0);
            assertClose(logits, rows.get(token));
        }
    }

    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("families")
    void piecesGiveTheRowsOfTheWholeText(String name, Transformer transformer, GenerationOptions options) {
        InferenceProgram program = InferenceProgram.of(transformer);
        List<float[]> rows = WholeText.logits(program, weights, machine, TEXT);
        for (int size : List.of(1, 3, 5, TEXT.size())) {
            TextModel model = new TextModel(program, weights, machine, options);
            Sequence sequence = model.start();
            for (TextRun run : SegmentPlan.chunks(size).segments(TEXT.size())) {
                Feed feed = new Feed(sequence, TEXT.subList(run.from(), run.to()));
                Logits logits = model.feed(List.of(feed), After.EVERY).logits();
                for (int token = run.from(); token < run.to(); token++) {
                    assertClose(logits.row(0, token - run.from()), rows.get(token));
                }
            }
            sequence.release();
        }
        assertThat(memory.held(Category.KEY_VALUE_CACHE)).isEqualTo(Bytes.ZERO);
    }

    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("families")
    void sequencesOfABatchAreAsTheyAreAlone(String name, Transformer transformer, GenerationOptions options) {
        InferenceProgram program = InferenceProgram.of(transformer);
        TextModel model = new TextModel(program, weights, machine, options);
        List<List<Integer>> texts = List.of(TEXT.subList(0, 5), TEXT.subList(4, 5), TEXT.subList(2, 11));
        List<Sequence> sequences = texts.stream().map(text -> model.start()).toList();
        List<Feed> feeds = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            feeds.add(new Feed(sequences.get(i), texts.get(i)));
        }
        Logits prompt = model.feed(feeds, After.EVERY).logits();
        Logits step = model.feed(
                        sequences.stream()
                                .map(sequence -> new Feed(sequence, List.of(7)))
                                .toList(),
                        After.NEWEST)
                .logits();
        for (int i = 0; i < texts.size(); i++) {
            List<Integer> grown = new ArrayList<>(texts.get(i));
            grown.add(7);
            List<float[]> alone = WholeText.logits(program, weights, machine, grown);
            for (int token = 0; token < texts.get(i).size(); token++) {
                assertClose(prompt.row(i, token), alone.get(token));
            }
            assertClose(step.newest(i), alone.getLast());
        }
    }

    static Stream<Arguments> models() {
        return TinyModels.all().stream().map(model -> Arguments.of(model.architecture(), model));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void pagesChangeNoBit(String name, Transformer transformer) {
        GenerationOptions contiguous = GenerationOptions.of(Precision.MIXED_16, new CacheLayout.Contiguous(16));
        GenerationOptions paged = GenerationOptions.of(Precision.MIXED_16, new CacheLayout.Paged(3));
        assertThat(decoded(transformer, paged)).containsExactly(decoded(transformer, contiguous));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void aCacheInSixteenBitsGivesNearlyTheSame(String name, Transformer transformer) {
        Precision full = Precision.FULL;
        Precision small = new Precision(
                "f32 with a bf16 cache",
                full.weights(),
                full.activations(),
                full.gradients(),
                full.gradientCopy(),
                full.masterWeights(),
                full.optimizerStates(),
                DataType.BF16);
        float[] rounded = decoded(transformer, GenerationOptions.of(small, new CacheLayout.Paged(4)));
        float[] exact = decoded(transformer, GenerationOptions.of(full, new CacheLayout.Paged(4)));
        // bf16 rounds to 2^-9 of a number, twice in each of two layers; logits are around 1 to 10.
        assertThat(rounded).containsExactly(exact, within(0.3f)).isNotEqualTo(exact);
    }

    private float[] decoded(Transformer transformer, GenerationOptions options) {
        TextModel model = new TextModel(InferenceProgram.of(transformer), weights, machine, options);
        Sequence sequence = model.start();
        model.feed(List.of(new Feed(sequence, TEXT.subList(0, 7))), After.NEWEST);
        return model.feed(List.of(new Feed(sequence, TEXT.subList(7, 8))), After.NEWEST)
                .logits()
                .newest(0);
    }

    @Test
    void lettingGoOfWhatNobodySeesChangesNoBit() {
        GenerationOptions ring = GenerationOptions.of(Precision.FULL, new CacheLayout.Paged(2));
        for (Transformer transformer : List.of(TinyModels.windows(), TinyModels.sinks(), TinyModels.chunks())) {
            assertThat(decoded(transformer, ring))
                    .containsExactly(decoded(transformer, ring.withOutOfSight(OutOfSight.KEPT)));
        }
    }

    @Test
    void aBatchWithAnEmptySequenceIsRefusedAndNothingGrows() {
        TextModel model = new TextModel(
                InferenceProgram.of(TinyModels.llama()),
                weights,
                machine,
                GenerationOptions.of(Precision.FULL, new CacheLayout.Contiguous(4)));
        Sequence first = model.start();
        Sequence second = model.start();
        List<Feed> feeds = List.of(new Feed(first, List.of(1)), new Feed(second, List.of()));
        assertThatThrownBy(() -> model.feed(feeds, After.NEWEST))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("sequence 2 of 2: found no token, expected at least one");
        assertThatThrownBy(() -> model.feed(List.of(), After.NEWEST)).hasMessageContaining("found no sequence");
        assertThatThrownBy(() -> model.feed(List.of(feeds.getFirst(), feeds.getFirst()), After.NEWEST))
                .hasMessageContaining("found it twice");
        assertThat(first.tokens()).isZero();
        assertThat(first.needed()).isEqualTo(Bytes.ZERO);
    }

    @Test
    void aFeedThatDoesNotFitLeavesEverySequenceAsItWas() {
        TextModel model = new TextModel(
                InferenceProgram.of(TinyModels.llama()),
                weights,
                machine,
                GenerationOptions.of(Precision.FULL, new CacheLayout.Contiguous(4)));
        Sequence sequence = model.start();
        model.feed(List.of(new Feed(sequence, List.of(1, 2))), After.NEWEST);
        assertThatThrownBy(() -> model.feed(List.of(new Feed(sequence, List.of(1, 2, 3))), After.NEWEST))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("found a need for 5 tokens of one sequence, expected at most 4");
        assertThatThrownBy(() -> model.feed(List.of(new Feed(sequence, List.of(TinyModels.VOCABULARY))), After.NEWEST))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("found the number 19, expected 0 to 18");
        assertThat(memory.held(Category.TEMPORARY)).isEqualTo(Bytes.ZERO);
        float[] after = model.feed(List.of(new Feed(sequence, List.of(3, 4))), After.NEWEST)
                .logits()
                .newest(0);
        List<float[]> whole =
                WholeText.logits(InferenceProgram.of(TinyModels.llama()), weights, machine, List.of(1, 2, 3, 4));
        assertClose(after, whole.getLast());
    }

    /// Roundings to f32 in two layers, whose sums are taken in another order; logits are around 1 to 10.
    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).as("seed %d", SEED).containsExactly(expected, within(2e-4f));
    }
}
