package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.Models;
import org.junit.jupiter.api.Test;

/// Each preset against its published form, written here once more.
class CountingConventionTest {
    private static final double B = 4;
    private static final double S = 2048;
    private static final double H = 12288;
    private static final double L = 96;
    /// The papers' models are built with a padded vocabulary.
    private static final double PADDED = 51200;
    private static final double PRECISION = 1e-12;

    private static double gpt3(CountingConvention convention, Recomputation recomputation) {
        return FlopCount.of(
                        Models.gpt(96, 12288, 96, 51200, 2048),
                        new Workload.Training(4, 2048, recomputation),
                        convention)
                .total()
                .count();
    }

    /// Narayanan et al. 2021, equation 3.
    @Test
    void megatron2021CountsFourPassesAndThePaddedHead() {
        double paper = 96 * B * S * L * H * H * (1 + S / (6 * H) + PADDED / (16 * L * H));
        for (Recomputation recomputation : Recomputation.values()) {
            assertThat(gpt3(CountingConvention.MEGATRON_2021, recomputation))
                    .isEqualTo(paper, within(PRECISION * paper));
        }
    }

    /// Korthikanti et al. 2022, appendix A: model FLOPs, and hardware FLOPs with selective recomputation.
    @Test
    void korthikanti2022DoublesTheWholeAttentionTermWhenSelective() {
        double logits = PADDED / (12 * H * L);
        double model = 72 * B * L * S * H * H * (1 + S / (6 * H) + logits);
        double selective = 72 * B * L * S * H * H * (1 + S / (3 * H) + logits);
        double full = 96 * B * L * S * H * H * (1 + S / (6 * H) + PADDED / (16 * H * L));
        CountingConvention convention = CountingConvention.KORTHIKANTI_2022;
        assertThat(gpt3(convention, Recomputation.NONE)).isEqualTo(model, within(PRECISION * model));
        assertThat(gpt3(convention, Recomputation.SELECTIVE)).isEqualTo(selective, within(PRECISION * selective));
        assertThat(gpt3(convention, Recomputation.FULL)).isEqualTo(full, within(PRECISION * full));
    }

    @Test
    void megatronDeepSpeedIsItsClosedFormToTheLetter() {
        double padded = 51200; // 400 x 128
        double bracket = 1 + S / (6 * H) + padded / (16 * L * H);
        double three = 24 * 3 * B * S * L * H * H * bracket;
        CountingConvention convention = CountingConvention.MEGATRON_DEEPSPEED;
        assertThat(gpt3(convention, Recomputation.NONE)).isEqualTo(three, within(PRECISION * three));
        assertThat(gpt3(convention, Recomputation.FULL)).isEqualTo(three * 4 / 3, within(PRECISION * three));
        FlopCount gated = FlopCount.of(Models.llama2With7B(), new Workload.Training(1, 4096), convention);
        double h = 4096;
        double llama = 32 * 3 * 4096 * 32 * h * h * (1 + 4096 / (6 * h) + 32000 / (16 * 32 * h));
        assertThat(gated.total().count()).isEqualTo(llama, within(PRECISION * llama));
        assertThat(gated.total()).isEqualTo(gated.forward().plus(gated.backward()));
    }

    /// Megatron-LM's `num_floating_point_operations` for grouped queries and a gated feed-forward network.
    @Test
    void megatronCountsHalfTheSquareAndThePaddedVocabulary() {
        double s = 8192;
        double padded = 128_256; // 1002 x 128
        double maps = 4096 * (4096 + 2 * 1024) + 4096 * 4096 + 3 * 4096 * 14336;
        double expected = 6 * s * (32 * maps + 4096 * padded) + 6 * s * s * 32 * 4096;
        FlopCount count = FlopCount.of(
                Models.llama31With8B(),
                new Workload.Training(1, 8192, Recomputation.FULL),
                CountingConvention.MEGATRON);
        assertThat(count.total().count()).isEqualTo(expected);
        assertThat(count.recomputation().count()).isZero();
    }

    /// The same function for latent attention and experts: the norms of both latents count, the router does not.
    @Test
    void megatronCountsDeepSeekWithItsLatentNorms() {
        double s = 4096;
        double attention =
                1536 * (7168 + 128 * 192 + 1.0) + 512 * (7168 + 128 * 256 + 1.0) + 7168 * 64 + 128 * 128 * 7168;
        double dense = 3.0 * 7168 * 18432;
        double experts = 3.0 * 7168 * (8 * 2048 + 2048);
        double core = 128 * 192 / 2.0 + 128 * 128 / 2.0;
        double expected =
                6 * s * (61 * attention + 3 * dense + 58 * experts + 7168.0 * 129_280) + 6 * s * s * 61 * core;
        FlopCount count =
                FlopCount.of(Models.deepSeekV3(), new Workload.Training(1, 4096), CountingConvention.MEGATRON);
        assertThat(count.total().count()).isEqualTo(expected);
    }

    @Test
    void megatronPadsTheVocabularyToItsMultiple() {
        Workload step = new Workload.Prefill(1, 10, 0);
        double h = 768;
        assertThat(FlopCount.of(Models.gpt2(), step, CountingConvention.MEGATRON)
                        .logits()
                        .count())
                .isEqualTo(2 * 10 * h * 50_304); // 393 x 128
        CountingConvention eightWay = CountingConvention.MEGATRON.withVocabularyMultiple(8 * 128);
        assertThat(FlopCount.of(Models.gpt2(), step, eightWay).logits().count()).isEqualTo(2 * 10 * h * 51_200);
    }

    /// Chowdhery et al. 2022, appendix B: 6N + 12LHQT, N with the shared table once.
    @Test
    void palmMultipliesEveryParameterAndTheFullSquare() {
        double n = ParameterCount.of(Models.gpt(96, 12288, 96, 51200, 2048)).total();
        double expected = B * S * (6 * n + 12 * L * 96 * 128 * S);
        assertThat(gpt3(CountingConvention.PALM, Recomputation.FULL)).isEqualTo(expected);
    }

    /// pytorch/torchtitan, models/utils.py: 6 (N - embedding) + 6 L a (d + w) s a token; a tied table stays in.
    @Test
    void torchtitanLeavesOutATableThatIsOnlyLookedUp() {
        Transformer llama = Models.llama31With8B();
        double n = ParameterCount.of(llama).total() - 128_256.0 * 4096;
        FlopCount count = FlopCount.of(llama, new Workload.Training(1, 8192), CountingConvention.TORCHTITAN);
        assertThat(count.total().count()).isEqualTo(8192 * (6 * n + 6 * 32.0 * 32 * 256 * 8192));
        double tied = ParameterCount.of(Models.gpt2()).total();
        FlopCount gpt2 = FlopCount.of(Models.gpt2(), new Workload.Training(1, 1024), CountingConvention.TORCHTITAN);
        assertThat(gpt2.total().count()).isEqualTo(1024 * (6 * tied + 12 * 12.0 * 768 * 1024));
        double active = ParameterCount.of(Models.deepSeekV3()).active() - 129_280.0 * 7168 - 58 * 256;
        FlopCount experts =
                FlopCount.of(Models.deepSeekV3(), new Workload.Training(1, 4096), CountingConvention.TORCHTITAN);
        assertThat(experts.total().count()).isEqualTo(4096 * (6 * active + 6 * 61.0 * 128 * (192 + 128) * 4096));
    }

    /// The article's decode of one token: `24 l h² + 4 l h (s + 1) + 2 h V`.
    @Test
    void aDecodeStepLooksAtThePastAndItself() {
        CountingConvention square = CountingConvention.STRICT.withPairs(CountingConvention.Pairs.FULL_SQUARE);
        for (CountingConvention convention : new CountingConvention[] {CountingConvention.STRICT, square}) {
            assertThat(FlopCount.of(Models.gpt3(), new Workload.Decode(1, 2048), convention)
                            .total()
                            .count())
                    .isEqualTo(24 * L * H * H + 4 * L * H * 2049 + 2 * H * 50257);
        }
    }

    @Test
    void textbookAndWalkAgreeForAClassicBlockUnderTheFullSquare() {
        CountingConvention square = CountingConvention.STRICT.withPairs(CountingConvention.Pairs.FULL_SQUARE);
        for (Recomputation recomputation : Recomputation.values()) {
            FlopCount count = FlopCount.of(Models.gpt3(), new Workload.Training(4, 2048, recomputation), square);
            assertThat(count.textbook().orElseThrow().difference()).isEqualByComparingTo("0");
        }
        for (CountingConvention convention :
                new CountingConvention[] {CountingConvention.MEGATRON_2021, CountingConvention.KORTHIKANTI_2022}) {
            FlopCount count =
                    FlopCount.of(Models.gpt3(), new Workload.Training(4, 2048, Recomputation.SELECTIVE), convention);
            assertThat(count.textbook().orElseThrow().difference()).isEqualByComparingTo("0");
        }
    }

    @Test
    void conventionsAreFoundByNameAndSayWhatTheyCount() {
        for (CountingConvention convention : CountingConvention.presets()) {
            assertThat(CountingConvention.named(convention.name())).isSameAs(convention);
        }
        assertThat(CountingConvention.STRICT.words()).contains("exactly the visible pairs", "active experts");
        assertThat(CountingConvention.MEGATRON.words()).contains("half of the square", "vocabulary padded to 128");
        assertThatThrownBy(() -> CountingConvention.named("mfu\u001b"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("strict, palm")
                .hasMessageNotContaining("\u001b");
    }
}
