package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.RandomModels;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FlopCountTest {
    private static final CountingConvention STRICT = CountingConvention.STRICT;

    @Test
    void aClassicForwardPassIsTwentyFourSquaresAndTheVisiblePairs() {
        long b = 2;
        long s = 1024;
        long h = 768;
        FlopCount count = FlopCount.of(Models.gpt2(), new Workload.Training(b, s), STRICT);
        long logits = 2 * b * s * h * 50257;
        long forward = 12 * (24 * b * s * h * h + 4 * b * h * s * (s + 1) / 2) + logits;
        assertThat(count.forward().count()).isEqualTo((double) forward);
        assertThat(count.logits().count()).isEqualTo((double) logits);
        assertThat(count.backward().count()).as("comes out, is not put in").isEqualTo(2.0 * forward);
        assertThat(count.recomputation().count()).isZero();
        assertThat(count.perToken()).isEqualTo(3.0 * forward / (b * s));
        assertThat(count.forTokens(5).count()).isEqualTo(15.0 * forward / (b * s));
    }

    @Test
    void groupedQueriesAndGatesAreCountedAsTheyAre() {
        long s = 4096;
        FlopCount count = FlopCount.of(Models.llama31With8B(), new Workload.Prefill(1, s, 0), STRICT);
        long maps = 2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336;
        long core = 2 * 32 * (128 + 128) * (s * (s + 1) / 2);
        assertThat(count.total().count()).isEqualTo(32.0 * (2 * s * maps + core) + 2 * s * 4096 * 128_256);
    }

    @Test
    void aTokenPassesItsExpertsAndTheRouter() {
        FlopCount count = FlopCount.of(Models.mixtral8x7B(), new Workload.Decode(1, 0), STRICT);
        long attention = 2 * 4096L * 4096 + 2 * 4096 * 1024;
        long experts = 2 * 3 * 4096L * 14336;
        long router = 8 * 4096;
        long layer = 2 * (attention + experts + router) + 2 * 32 * 256;
        assertThat(count.total().count()).isEqualTo(32.0 * layer + 2 * 4096L * 32000);
        FlopCount all = FlopCount.of(
                Models.mixtral8x7B(), new Workload.Decode(1, 0), STRICT.withExperts(CountingConvention.Experts.ALL));
        assertThat(all.total().count() - count.total().count()).isEqualTo(32 * 2 * 6 * 3 * 4096.0 * 14336);
    }

    @Test
    void latentAttentionDecodesInItsLatentSpace() {
        Workload.Decode compressed = new Workload.Decode(1, 9999);
        Workload.Decode expanded = new Workload.Decode(1, 9999, LatentCache.EXPANDED);
        double difference = FlopCount.of(Models.deepSeekV3(), compressed, STRICT)
                        .total()
                        .count()
                - FlopCount.of(Models.deepSeekV3(), expanded, STRICT).total().count();
        // Scores 512 + 64 wide and values 512 wide, instead of 192 and 128, for 128 heads and 10,000 tokens.
        assertThat(difference).isEqualTo(61 * 2.0 * 128 * 10_000 * (576 + 512 - 192 - 128));
    }

    @Test
    void aSparseAttentionLooksAtItsChoiceAndTheIndexerAtEverything() {
        Transformer model = Models.deepSeekV32();
        long chosen = 2048;
        double one = FlopCount.of(model, new Workload.Decode(1, chosen - 1), STRICT)
                .total()
                .count();
        double two = FlopCount.of(model, new Workload.Decode(1, 2 * chosen - 1), STRICT)
                .total()
                .count();
        assertThat(two - one).isEqualTo(61 * 2.0 * 64 * (128 + 1) * chosen);
    }

    @Test
    void recurrencesAreCountedAsWritten() {
        double tokens = 7;
        FlopCount mamba = FlopCount.of(Models.mamba130M(), new Workload.Prefill(1, 7, 0), STRICT);
        long maps = 3 * 768 * 1536 // in, gate, out
                + 1536 * (48 + 2 * 16) // time step, B, C
                + 48 * 1536;
        long recurrence = 1536 * 4 // convolution
                + 3 * 1536 * 16 // decay, input, read-out
                + 1536; // skip
        assertThat(mamba.total().count()).isEqualTo(2 * tokens * (24 * (maps + recurrence) + 768L * 50280));
        FlopCount qwen = FlopCount.of(Models.qwen36With27B(), new Workload.Prefill(1, 1, 0), STRICT);
        double rule = qwen.operators().children().stream()
                .flatMap(block -> block.children().stream())
                .filter(leaf -> leaf.name().equals("recurrence.rule"))
                .mapToDouble(leaf -> leaf.total().doubleValue())
                .sum();
        assertThat(rule).isEqualTo(48 * 8.0 * 48 * 128 * 128);
    }

    @Test
    void recomputationRunsTheLayersOrTheCoreAgain() {
        long s = 2048;
        long h = 12288;
        double core = 96.0 * 4 * h * s * (s + 1) / 2;
        double layers = 96.0 * 24 * s * h * h + core;
        Transformer gpt3 = Models.gpt3();
        assertThat(again(gpt3, Recomputation.NONE, STRICT)).isZero();
        assertThat(again(gpt3, Recomputation.SELECTIVE, STRICT)).isEqualTo(core);
        assertThat(again(gpt3, Recomputation.FULL, STRICT)).isEqualTo(layers);
    }

    private static double again(Transformer model, Recomputation recomputation, CountingConvention convention) {
        return FlopCount.of(model, new Workload.Training(1, 2048, recomputation), convention)
                .recomputation()
                .count();
    }

    @Test
    void anEncoderIsRunOnceAndNotForEachNewToken() {
        Transformer t5 = Models.t5(6, 512, 8, 64, 2048);
        OpenAxes axes = OpenAxes.TEXT_ONLY.withSourceTokens(100);
        long attention = 4 * 512 * 512;
        long feedForward = 2 * 512 * 2048;
        double step = FlopCount.of(t5, new Workload.Decode(1, 9), STRICT, axes)
                .total()
                .count();
        // Cross attention projects its query and output only, and looks at 100 kept keys and values.
        long decoder = 6 * (2 * (attention + attention / 2 + feedForward) + 2 * 8 * 128 * (10 + 100));
        assertThat(step).isEqualTo(decoder + 2.0 * 512 * 32128);
        double encoder = 6.0 * (2 * 100 * (attention + feedForward) + 2 * 8 * 128 * 100 * 100);
        double keys = 6.0 * 2 * 100 * attention / 2;
        double first = FlopCount.of(t5, new Workload.Prefill(1, 1, 0), STRICT, axes)
                .total()
                .count();
        assertThat(first).isEqualTo(step - 6 * 2 * 8 * 128 * 9 + encoder + keys);
    }

    /// Patches of 3 x 2 x 2 pixels, mapped to a width of 8 and then to the text's 16.
    @Test
    void aTowerIsCountedWhenItsPatchesAreGiven() {
        Transformer model = Models.withTower(Models.llama(1, 16, 1, 1, 16, 16, 10));
        FlopCount without = FlopCount.of(model, new Workload.Training(1, 4), STRICT);
        assertThat(without.notCounted()).containsExactly("vision", "projector");
        FlopCount with = FlopCount.of(model, new Workload.Training(1, 4), STRICT, OpenAxes.TEXT_ONLY.withPatches(9, 9));
        double patches = 2.0 * 9 * 8 * 12;
        double projector = 2.0 * 9 * 16 * 8;
        assertThat(with.notCounted()).isEmpty();
        assertThat(with.forward().count() - without.forward().count()).isEqualTo(patches + projector);
        // Pixels need no gradient, so the patches' map has one product in the backward pass and the projector two.
        assertThat(with.backward().count() - without.backward().count()).isEqualTo(patches + 2 * projector);
    }

    @Test
    void layersThatPredictFurtherTokensAreNotCounted() {
        Transformer plain = Models.llama(2, 16, 1, 1, 16, 16, 10);
        Transformer further = Models.withFurtherTokens(plain);
        Workload workload = new Workload.Training(1, 4);
        FlopCount count = FlopCount.of(further, workload, STRICT);
        assertThat(count.total())
                .isEqualTo(FlopCount.of(plain, workload, STRICT).total());
        assertThat(count.notCounted()).containsExactly("further tokens");
        ParameterCount parameters = ParameterCount.of(further);
        assertThat(parameters.total()).isEqualTo(ParameterCount.of(plain).total());
        // The further layer reads the model's table again, and brings a layer of its own.
        assertThat(parameters.nextTokensPrediction()).isEqualTo(4 * 16 * 16 + 3 * 16 * 16 + 2 * 16);
    }

    @Test
    void bidirectionalAttentionLooksAtTheWholeSquare() {
        FlopCount count = FlopCount.of(Models.bert(), new Workload.Prefill(1, 512, 0), STRICT);
        assertThat(count.total().count()).isEqualTo(12 * (24.0 * 512 * 768 * 768 + 4.0 * 768 * 512 * 512));
        assertThatThrownBy(() -> FlopCount.of(Models.bert(), new Workload.Decode(1, 5), STRICT))
                .isInstanceOf(InputException.class);
    }

    @Test
    void absurdWorkloadsAreRefused() {
        assertThatThrownBy(() -> new Workload.Training(0, 5)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> new Workload.Training(1L << 40, 1L << 40)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> FlopCount.of(Models.gpt2(), new Workload.Training(1, 1L << 40), STRICT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pairs of tokens");
    }

    @Test
    void trainingTotalsPast53BitsStayWithinOneRounding() {
        FlopCount count = FlopCount.of(Models.llama31With405B(), new Workload.Training(2048, 8192), STRICT);
        double sixTimes = 6.0 * 405_853_388_800.0 * count.workload().tokens();
        assertThat(count.total().count()).isGreaterThan(0x1p63).isCloseTo(sixTimes, within(0.1 * sixTimes));
        assertThat(count.operators().total().doubleValue())
                .isEqualTo(count.forward().count(), within(1e10));
    }

    @RepeatedTest(100)
    void doublingTheBatchDoublesTheWork(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Transformer model = new RandomModels(seed).next();
        long tokens = 1L + new Random(seed).nextInt(300);
        for (CountingConvention convention : CountingConvention.presets()) {
            double one = FlopCount.of(model, new Workload.Training(3, tokens), convention)
                    .total()
                    .count();
            double two = FlopCount.of(model, new Workload.Training(6, tokens), convention)
                    .total()
                    .count();
            assertThat(two).as("seed %d, %s", seed, convention.name()).isEqualTo(2 * one, within(1e-9 * two));
        }
    }

    @RepeatedTest(100)
    void aPrefillIsTheSumOfItsDecodes(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Transformer model = new RandomModels(seed).next();
        int past = new Random(seed).nextInt(150);
        int tokens = 150;
        double decodes = 0;
        for (int i = 0; i < tokens; i++) {
            Workload decode = new Workload.Decode(2, past + i, LatentCache.EXPANDED);
            decodes += FlopCount.of(model, decode, STRICT).total().count();
        }
        double prefill = FlopCount.of(model, new Workload.Prefill(2, tokens, past), STRICT)
                .total()
                .count();
        assertThat(prefill).as("seed %d", seed).isEqualTo(decodes);
    }

    @RepeatedTest(100)
    void strictNeverCountsMoreAttentionThanTheSquare(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Transformer model = new RandomModels(seed).next();
        Workload workload = new Workload.Training(1, 1L + new Random(seed).nextInt(300));
        double visible = FlopCount.of(model, workload, STRICT).total().count();
        double square = FlopCount.of(model, workload, STRICT.withPairs(CountingConvention.Pairs.FULL_SQUARE))
                .total()
                .count();
        assertThat(visible).as("seed %d", seed).isLessThanOrEqualTo(square);
    }
}
