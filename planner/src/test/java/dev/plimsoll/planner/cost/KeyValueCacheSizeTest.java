package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.RandomModels;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyValueCacheSizeTest {
    private static final CacheFormat BF16 = CacheFormat.of(DataType.BF16);

    /// Bytes a token in bf16: 2 x layers x key/value heads x head size x 2 B, with each model card's sizes.
    static Stream<Arguments> bytesPerToken() {
        return Stream.of(
                Arguments.of("Llama-2-7B", Models.llama2With7B(), 2 * 32 * 32 * 128 * 2, 524_288),
                Arguments.of("Llama-2-70B", Models.llama2With70B(), 2 * 80 * 8 * 128 * 2, 327_680),
                Arguments.of("Llama-3.1-8B", Models.llama31With8B(), 2 * 32 * 8 * 128 * 2, 131_072),
                Arguments.of("Llama-3.1-405B", Models.llama31With405B(), 2 * 126 * 8 * 128 * 2, 516_096),
                Arguments.of(
                        "Qwen2.5-7B", Models.llama(28, 3584, 28, 4, 128, 18944, 152064), 2 * 28 * 4 * 128 * 2, 57_344),
                Arguments.of("Falcon-7B", Models.llama(32, 4544, 71, 1, 64, 18176, 65024), 2 * 32 * 64 * 2, 8_192),
                Arguments.of(
                        "GLM-4.5", Models.llama(92, 5120, 96, 8, 128, 12288, 151552), 2 * 92 * 8 * 128 * 2, 376_832),
                Arguments.of("DeepSeek-V3", Models.deepSeekV3(), 61 * (512 + 64) * 2, 70_272),
                Arguments.of("LFM2-1.2B", Models.lfm2With1200M(), 6 * 512 * 2 * 2, 12_288),
                Arguments.of("Qwen3.6-27B", Models.qwen36With27B(), 16 * 2 * 4 * 256 * 2, 65_536),
                Arguments.of("gemma3-27b", Models.gemma3With27B(), 62 * 8192, 81_920 + 52 * 8192),
                Arguments.of("gpt-oss-20b", Models.gptOss20B(), 24 * 2 * 8 * 64 * 2, 2 * 24_576));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void bytesPerToken(String name, Transformer model, long arithmetic, long published) {
        assertThat(arithmetic).isEqualTo(published);
        assertThat(KeyValueCacheSize.of(model, BF16).bytesPerToken().count()).isEqualTo(published);
    }

    @Test
    void llama2With70BKeepsAGibibyteAndAQuarterAt4096Tokens() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.llama2With70B(), BF16);
        assertThat(size.bytes(4096, 1)).isEqualTo(new Bytes(1_342_177_280L));
        assertThat(size.engineBytes(4096, 1)).isEqualTo(new Bytes(1_342_177_280L));
        assertThat(size.textbook(4096, 1).orElseThrow().difference()).isEqualByComparingTo("0");
    }

    @Test
    void lfm2Keeps384MebibytesAt32768Tokens() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.lfm2With1200M(), BF16);
        assertThat(size.bytes(32_768, 1)).isEqualTo(new Bytes(384L << 20));
        // Ten convolutions of width 3 over 2048 channels, in f32.
        assertThat(size.stateBytesPerSequence()).isEqualTo(new Bytes(10 * 2048 * 2 * 4));
    }

    /// Published: 598.5 MiB for four sequences in a runtime's log, and 16 GiB of keys and values.
    @Test
    void linearAttentionCarriesAConstantState() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.qwen36With27B(), BF16);
        long state = 48L * (48 * 128 * 128 + 10_240 * 3) * 4;
        assertThat(size.stateBytesPerSequence()).isEqualTo(new Bytes(state)).isEqualTo(new Bytes(156_893_184));
        assertThat(4 * state).isEqualTo(1197L * (1 << 19));
        assertThat(size.bytes(262_144, 1)).isEqualTo(new Bytes(16L << 30));
        assertThat(size.totalBytes(262_144, 1)).isEqualTo(new Bytes((16L << 30) + state));
        KeyValueCacheSize halved = KeyValueCacheSize.of(Models.qwen36With27B(), BF16.withStateType(DataType.BF16));
        assertThat(halved.stateBytesPerSequence()).isEqualTo(new Bytes(state / 2));
    }

    @Test
    void stateSpacesKeepStatesAndConvolutionsOnly() {
        KeyValueCacheSize mamba = KeyValueCacheSize.of(Models.mamba130M(), BF16);
        assertThat(mamba.bytes(1_000_000, 3)).isEqualTo(Bytes.ZERO);
        assertThat(mamba.stateBytesPerSequence()).isEqualTo(new Bytes(24L * 1536 * (16 + 3) * 4));
        KeyValueCacheSize mamba2 = KeyValueCacheSize.of(Models.mamba2(24, 768, 24), BF16);
        assertThat(mamba2.stateBytesPerSequence())
                .isEqualTo(new Bytes(24L * (24 * 64 * 128 + (24 * 64 + 2 * 128) * 3) * 4));
    }

    @Test
    void expandedHeadsTakeSeventyOneTimesTheLatent() {
        CacheFormat expanded = BF16.withLatentCache(LatentCache.EXPANDED);
        assertThat(KeyValueCacheSize.of(Models.deepSeekV3(), expanded)
                        .bytesPerToken()
                        .count())
                .isEqualTo(61L * 128 * (128 + 64 + 128) * 2)
                .isEqualTo(4_997_120);
    }

    @Test
    void anIndexerKeepsAKeyOfItsOwn() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.deepSeekV32(), BF16);
        assertThat(size.bytesPerToken()).isEqualTo(new Bytes(61 * (512 + 64 + 128) * 2));
        assertThat(size.bytes(100_000, 1))
                .as("chosen tokens or not, all are kept")
                .isEqualTo(size.bytesPerToken().times(100_000));
    }

    @Test
    void windowsHoldNoMoreThanTheirSize() {
        KeyValueCacheSize gemma = KeyValueCacheSize.of(Models.gemma3With27B(), BF16);
        assertThat(gemma.marginalBytesPerTokenPastWindows()).isEqualTo(new Bytes(81_920));
        assertThat(gemma.bytes(500, 1)).isEqualTo(new Bytes(500L * 62 * 8192));
        assertThat(gemma.bytes(131_072, 1)).isEqualTo(new Bytes(81_920L * 131_072 + 52 * 8192 * 1024));
        assertThat(gemma.engineBytes(131_072, 1)).isEqualTo(new Bytes(62 * 8192L * 131_072));
        KeyValueCacheSize gptOss = KeyValueCacheSize.of(Models.gptOss20B(), BF16);
        assertThat(gptOss.marginalBytesPerTokenPastWindows()).isEqualTo(new Bytes(24_576));
        assertThat(gptOss.bytes(8192, 2)).isEqualTo(new Bytes(2 * (24_576L * 8192 + 24_576 * 128)));
    }

    @Test
    void chunksHoldNoMoreThanTheirSize() {
        SelfAttention chunked = SelfAttention.causal(new Heads(40, 8, 128)).withMask(new AttentionMask.Chunked(8192));
        Transformer llama4 = Models.decoder(
                "llama4",
                EmbeddingRecipe.plain(202_048, 5120),
                Models.repeat(Models.before(chunked, Models.gated(16_384)), 36),
                HeadRecipe.Weights.OWN,
                Models.RMS);
        KeyValueCacheSize size = KeyValueCacheSize.of(llama4, BF16);
        assertThat(size.bytes(1_000_000, 1)).isEqualTo(size.bytes(8192, 1));
        assertThat(size.tokensWithin(new Bytes(1L << 50), 1)).isEqualTo(new CacheCapacity.Unlimited());
    }

    @Test
    void blockTypesPadEachTokensRow() {
        // 8 heads of 128 are 32 blocks of 32 elements for keys, and as many for values.
        assertThat(KeyValueCacheSize.of(Models.llama31With8B(), CacheFormat.of(GgmlTypes.Q8_0))
                        .bytesPerToken())
                .isEqualTo(new Bytes(32 * 2 * 32 * 34));
        assertThat(KeyValueCacheSize.of(Models.llama31With8B(), CacheFormat.of(GgmlTypes.Q4_0))
                        .bytesPerToken())
                .isEqualTo(new Bytes(32 * 2 * 32 * 18));
        assertThat(KeyValueCacheSize.of(Models.llama31With8B(), CacheFormat.of(DataType.F8_E4M3))
                        .bytesPerToken())
                .isEqualTo(new Bytes(65_536));
        // One head of 50 needs two blocks.
        assertThat(KeyValueCacheSize.of(Models.llama(1, 50, 1, 1, 50, 64, 9), CacheFormat.of(GgmlTypes.Q8_0))
                        .bytesPerToken())
                .isEqualTo(new Bytes(2 * 2 * 34));
    }

    @Test
    void tokensAreHeldInWholePages() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.llama31With8B(), BF16.withPages(16));
        assertThat(size.bytes(1, 1)).isEqualTo(new Bytes(16 * 131_072));
        assertThat(size.bytes(17, 1)).isEqualTo(new Bytes(32 * 131_072));
        assertThat(size.bytesPerToken()).isEqualTo(new Bytes(131_072));
    }

    @Test
    void crossAttentionKeepsTheSourceOnly() {
        Transformer t5 = Models.t5(6, 512, 8, 64, 2048);
        long perToken = 2 * 6 * 512 * 2;
        KeyValueCacheSize fixed = KeyValueCacheSize.of(t5, BF16, OpenAxes.TEXT_ONLY.withSourceTokens(100));
        assertThat(fixed.bytesPerToken()).isEqualTo(new Bytes(perToken));
        assertThat(fixed.bytes(7, 1)).isEqualTo(new Bytes(perToken * (7 + 100)));
        assertThat(KeyValueCacheSize.of(t5, BF16).bytes(7, 1)).isEqualTo(new Bytes(perToken * (7 + 7)));
    }

    @Test
    void encodersKeepNothing() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.bert(), BF16);
        assertThat(size.bytes(512, 8)).isEqualTo(Bytes.ZERO);
        assertThat(size.sequencesWithin(new Bytes(1), 512)).isEqualTo(new CacheCapacity.Unlimited());
    }

    @Test
    void sizesPast31BitsAreExact() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.llama31With405B(), BF16);
        assertThat(size.bytes(1L << 33, 3)).isEqualTo(new Bytes(516_096L * (1L << 33) * 3));
    }

    @Test
    void absurdRequestsAreRefused() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.gpt2(), BF16);
        assertThatThrownBy(() -> size.bytes(Long.MAX_VALUE, 1)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> size.bytes(1L << 40, 1L << 40)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> BF16.withPages(0)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> BF16.withStateType(GgmlTypes.Q8_0)).isInstanceOf(InputException.class);
    }

    @Test
    void aBudgetIsSpentInWholePages() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.llama31With8B(), BF16.withPages(16));
        Bytes budget = new Bytes(131_072L * 47);
        assertThat(size.tokensWithin(budget, 1)).isEqualTo(new CacheCapacity.AtMost(32));
        assertThat(size.tokensWithin(new Bytes(1), 1)).isEqualTo(new CacheCapacity.AtMost(0));
        assertThat(size.sequencesWithin(budget, 16)).isEqualTo(new CacheCapacity.AtMost(2));
    }

    @RepeatedTest(200)
    void theBudgetsTokensAreTheMostThatFit(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        long page = 1L + random.nextInt(40);
        KeyValueCacheSize size = KeyValueCacheSize.of(new RandomModels(seed).next(), BF16.withPages(page));
        long sequences = 1L + random.nextInt(5);
        Bytes budget = new Bytes(random.nextLong(1L << 34));
        switch (size.tokensWithin(budget, sequences)) {
            case CacheCapacity.Unlimited() ->
                assertThat(size.totalBytes(1L << 40, sequences))
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(budget);
            case CacheCapacity.AtMost(long tokens) -> {
                assertThat(tokens % page).as("seed %d", seed).isZero();
                assertThat(tokens == 0 || size.totalBytes(tokens, sequences).compareTo(budget) <= 0)
                        .as("seed %d", seed)
                        .isTrue();
                assertThat(size.totalBytes(tokens + page, sequences))
                        .as("seed %d", seed)
                        .isGreaterThan(budget);
            }
        }
    }

    @RepeatedTest(100)
    void aWindowNeverHoldsMoreThanTheWhole(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        KeyValueCacheSize size =
                KeyValueCacheSize.of(new RandomModels(seed).next(), BF16.withPages(1 + random.nextInt(20)));
        long tokens = random.nextInt(400);
        assertThat(size.bytes(tokens, 2)).as("seed %d", seed).isLessThanOrEqualTo(size.engineBytes(tokens, 2));
        assertThat(size.bytes(tokens, 2))
                .as("seed %d", seed)
                .isEqualTo(size.bytes(tokens, 1).times(2));
        assertThat(size.bytes(tokens, 1)).as("seed %d", seed).isLessThanOrEqualTo(size.bytes(tokens + 1, 1));
    }
}
