package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll kv`: the figures that engines print and users check.
class CacheAnswerTest {
    private static JsonNode cache(String... arguments) {
        return Run.json(arguments).get("keyValueCache");
    }

    @ParameterizedTest
    @CsvSource({
        "llama-2-7b, 524288", // 2 x 32 x 32 x 128 x 2
        "llama-3.1-8b, 131072", // 2 x 32 x 8 x 128 x 2
        "llama-2-70b, 327680", // 2 x 80 x 8 x 128 x 2
        "llama-3.1-405b, 516096", // 2 x 126 x 8 x 128 x 2
        "qwen2.5-7b, 57344", // 2 x 28 x 4 x 128 x 2
        "falcon-7b, 8192", // 2 x 32 x 1 x 64 x 2
        "glm-4.5, 376832", // 2 x 92 x 8 x 128 x 2
        "lfm2-1.2b, 12288", // 2 x 6 attention layers x 8 x 64 x 2
        "deepseek-v3, 70272", // 61 x (512 + 64) x 2, once for keys and values
        "bert-base, 0" // an encoder keeps nothing
    })
    void bytesATokenAreThePublishedOnes(String model, long bytes) {
        assertThat(cache("kv", model).get("bytesPerToken").asLong()).isEqualTo(bytes);
    }

    @Test
    void llama2With70BKeepsOneAndAQuarterGibibytes() {
        JsonNode cache = cache("kv", "llama-2-70b", "--tokens", "4096");
        assertThat(cache.get("bytes").asLong()).isEqualTo(1_342_177_280L);
        assertThat(cache.get("engineBytes").asLong()).isEqualTo(1_342_177_280L);
        assertThat(cache.get("totalBytes").asLong()).isEqualTo(1_342_177_280L);
        assertThat(cache.get("stateBytesPerSequence").asLong()).isZero();
        assertThat(cache.get("tokens").asLong()).isEqualTo(4096);
        assertThat(cache.get("sequences").asLong()).isEqualTo(1);
        assertThat(cache.get("provenance").asString()).isEqualTo("exact");
    }

    @Test
    void theCacheGrowsWithTheBatch() {
        JsonNode cache = cache("kv", "llama-2-70b", "--tokens", "4k", "--batch", "7");
        assertThat(cache.get("bytes").asLong()).isEqualTo(7L * 4000 * 327_680);
        assertThat(cache.get("sequences").asLong()).isEqualTo(7);
    }

    @Test
    void theLatentCacheIsExpandedOnRequest() {
        assertThat(cache("kv", "deepseek-v3", "--expanded").get("bytesPerToken").asLong())
                .isEqualTo(61 * 128 * (128 + 64 + 128) * 2);
    }

    @Test
    void windowsKeepTheirLengthAndEnginesWithoutThemChargeAllLayers() {
        JsonNode cache = cache("kv", "gemma-3-27b", "--tokens", "128Ki");
        long layer = 2 * 16 * 128 * 2; // 62 layers, 10 of them over everything, 52 over 1,024 tokens
        assertThat(cache.get("bytesPerTokenPastWindows").asLong()).isEqualTo(10 * layer);
        assertThat(cache.get("bytes").asLong()).isEqualTo(10 * layer * 131_072 + 52 * layer * 1024);
        assertThat(cache.get("engineBytes").asLong()).isEqualTo(62 * layer * 131_072);
        assertThat(cache("kv", "gemma-3-27b", "--tokens", "100").get("bytes").asLong())
                .as("before a window is full")
                .isEqualTo(62 * layer * 100);
    }

    @Test
    void gptOssKeepsEverySecondLayerInFull() {
        JsonNode cache = cache("kv", "gpt-oss-20b", "--tokens", "131072");
        long layer = 2 * 8 * 64 * 2;
        assertThat(cache.get("bytesPerTokenPastWindows").asLong())
                .isEqualTo(24_576)
                .isEqualTo(12 * layer);
        assertThat(cache.get("bytes").asLong()).isEqualTo(12 * layer * 131_072 + 12 * layer * 128);
    }

    @Test
    void recurrentLayersKeepAStateWhateverTheLength() {
        String qwen36With27B = """
                {"model_type": "qwen3_next", "hidden_size": 5120, "intermediate_size": 17408, "num_hidden_layers": 64,
                 "num_attention_heads": 24, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 248320,
                 "full_attention_interval": 4, "linear_num_value_heads": 48, "linear_num_key_heads": 16,
                 "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4,
                 "num_experts": 0, "torch_dtype": "bfloat16"}
                """;
        JsonNode cache = Run.withInput(qwen36With27B, "kv", "-", "--tokens", "262144", "--batch", "4", "-o", "json")
                .answered()
                .tree()
                .get("keyValueCache");
        // A public runtime log of this model: 598.5 MiB of state for four sequences, 16 GiB of cache for one.
        assertThat(cache.get("stateBytesPerSequence").asLong())
                .isEqualTo(48L * (48 * 128 * 128 + (2 * 16 * 128 + 48 * 128) * 3) * 4)
                .isEqualTo(156_893_184);
        assertThat(cache.get("bytes").asLong()).isEqualTo(4 * (16L << 30));
        assertThat(cache.get("totalBytes").asLong()).isEqualTo(4 * ((16L << 30) + 156_893_184));
    }

    @ParameterizedTest
    @CsvSource({
        "f32, 262144, f32",
        "bf16, 131072, bf16",
        "fp8, 65536, f8_e4m3",
        "fp8_e5m2, 65536, f8_e5m2",
        "q8_0, 69632, q8_0", // 34 bytes for 32 elements
        "q4_0, 36864, q4_0", // 18 bytes for 32 elements
        "Q4_0, 36864, q4_0"
    })
    void theCacheIsHeldInTheTypeAskedFor(String asked, long bytes, String type) {
        JsonNode cache = cache("kv", "llama-3.1-8b", "--kv-cache-dtype", asked);
        assertThat(cache.get("bytesPerToken").asLong()).isEqualTo(bytes);
        assertThat(cache.get("dataType").asString()).isEqualTo(type);
    }

    @Test
    void wholePagesAreCharged() {
        JsonNode cache = cache("kv", "llama-3.1-8b", "--tokens", "17", "--block-size", "16");
        assertThat(cache.get("bytes").asLong()).isEqualTo(131_072 * 32);
        assertThat(cache.get("blockSize").asLong()).isEqualTo(16);
    }

    @Test
    void aBudgetIsSolvedForTokensAndSequences() {
        JsonNode solved = cache("kv", "llama-3.1-8b", "--budget", "10MB", "--block-size", "16", "--tokens", "32");
        assertThat(solved.get("budgetBytes").asLong()).isEqualTo(10_000_000);
        assertThat(solved.get("tokens").asLong())
                .as("four pages of 16 tokens and 131,072 B a token")
                .isEqualTo(10_000_000 / (131_072 * 16) * 16);
        assertThat(solved.get("sequences").asLong()).as("two pages each").isEqualTo(2);
        assertThat(solved.get("askedTokens").asLong()).isEqualTo(32);

        JsonNode shared = cache("kv", "llama-3.1-8b", "--budget", "24GiB", "--batch", "3");
        assertThat(shared.get("tokens").asLong()).isEqualTo((24L << 30) / 3 / 131_072);
    }

    @Test
    void aBudgetThatHoldsNothingHoldsNoToken() {
        JsonNode solved = cache("kv", "llama-3.1-8b", "--budget", "1kB");
        assertThat(solved.get("tokens").asLong()).isZero();
        assertThat(solved.get("sequences").asLong()).isZero();
    }

    @Test
    void crossAttentionKeepsTheSourceOnce() {
        JsonNode cache = cache("kv", "t5-base", "--tokens", "10", "--source-tokens", "512");
        long token = 2 * 12 * 12 * 64 * bytesOf(cache); // keys and values, 12 layers, 12 heads of 64
        assertThat(cache.get("bytes").asLong()).isEqualTo(10 * token + 512 * token);
    }

    @Test
    void whisperKeepsAllPositionsOfItsEncoderHoweverLittleItWrites() {
        JsonNode cache = cache("kv", "whisper-large-v3", "--tokens", "100");
        long token = 2 * 32 * 20 * 64 * 2; // keys and values, 32 layers, 20 heads of 64, f16
        assertThat(cache.get("bytes").asLong()).isEqualTo(100 * token + 1500 * token);
        assertThat(cache.at("/layers/1/retention").asString()).isEqualTo("its 1,500 tokens");
        assertThat(Run.of("kv", "whisper-large-v3").answered().out())
                .contains("taken from the model's config: 1,500 tokens of the encoder")
                .doesNotContainPattern(".{81}");
        assertThat(cache("kv", "whisper-large-v3", "--tokens", "100", "--source-tokens", "700")
                        .get("bytes")
                        .asLong())
                .as("a shorter encoder, asked for")
                .isEqualTo(800 * token);
    }

    private static long bytesOf(JsonNode cache) {
        return cache.get("dataType").asString().equals("f32") ? 4 : 2;
    }

    @Test
    void theExplanationIsTheProductOfTheContract() {
        JsonNode line =
                Run.json("kv", "llama-2-70b", "--tokens", "4096", "--explain").at("/explanations/0");
        assertThat(line.get("substituted").asString()).isEqualTo("2 x 80 x 8 x 128 x 2 x 4096 x 1");
        assertThat(line.get("value").asLong()).isEqualTo(1_342_177_280L);
        assertThat(line.get("unit").asString()).isEqualTo("B");
    }
}
