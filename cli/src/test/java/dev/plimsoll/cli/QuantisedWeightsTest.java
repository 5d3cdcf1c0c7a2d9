package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll model`: bytes of weights in quantised formats, as a config announces them or as they are asked for.
class QuantisedWeightsTest {
    /// Llama-3.1-8B: 8,030,261,248 parameters, of which 65 norms of 4,096 are not in a matrix.
    private static final long NORMS = 65L * 4096;

    private static final long TABLES = 2L * 128_256 * 4096;
    private static final long MATRICES = 8_030_261_248L - TABLES - NORMS;
    private static final String LLAMA = """
            {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
             "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "torch_dtype": "bfloat16",
             "tie_word_embeddings": false, KEYS}
            """;

    private static JsonNode weights(String keys) {
        return Run.withInput(LLAMA.replace("KEYS", keys.replace('\'', '"')), "model", "-", "-o", "json")
                .answered()
                .tree()
                .get("weights");
    }

    /// The file of mlx-lm: 4 bits and for each 64 values a scale and a bias of 16 bits, tables included; norms in bf16.
    @Test
    void mlxConvertsTheTablesToo() {
        JsonNode mlx = weights("'quantization': {'group_size': 64, 'bits': 4}");
        assertThat(mlx.get("bytes").asLong()).isEqualTo((MATRICES + TABLES) / 64 * (32 + 4) + 2 * NORMS);
        assertThat(mlx.get("convention").asString())
                .contains("8,029,995,008 parameters, matrices, embedding and head included; all others in bf16");
    }

    @Test
    void mlxsModulesOfTheirOwnAreCountedAsTheyAreNamed() {
        JsonNode mlx = weights("'quantization': {'group_size': 64, 'bits': 4,"
                + " 'lm_head': {'group_size': 64, 'bits': 6}, 'model.embed_tokens': false,"
                + " 'model.layers.7.mlp.down_proj': {'group_size': 32, 'bits': 8}}");
        long table = TABLES / 2;
        long down = 4096L * 14_336;
        assertThat(mlx.get("bytes").asLong())
                .isEqualTo((MATRICES - down) / 64 * 36
                        + down / 32 * (32 + 4)
                        + table / 64 * (48 + 4)
                        + 2 * table
                        + 2 * NORMS);
    }

    /// The 224 matrices are whole numbers of blocks of 64 x 256 values: a byte for each 64, 4 for each 256 of those,
    /// and for each matrix tables of 16 and 256 f32 and an f32 offset.
    @Test
    void bitsAndBytesScalesItsScales() {
        JsonNode nested = weights("'quantization_config': {'quant_method': 'bitsandbytes', 'load_in_4bit': true,"
                + " 'bnb_4bit_quant_type': 'nf4', 'bnb_4bit_use_double_quant': true}");
        assertThat(nested.get("bytes").asLong())
                .isEqualTo(MATRICES / 2
                        + MATRICES / 64
                        + MATRICES / 64 / 256 * 4
                        + 224 * (16 + 256 + 1) * 4
                        + 2 * (TABLES + NORMS));
        assertThat(Run.json("model", "llama-3.1-8b", "--dtype", "nf4-double")
                        .at("/weights/bytes")
                        .asLong())
                .as("asked for and announced alike")
                .isEqualTo(nested.get("bytes").asLong());
    }

    /// DeepSeek-V3's correction of 256 experts in 58 layers is f32 in its files.
    @Test
    void aRoutersCorrectionIsHeldInF32() {
        assertThat(Run.json("model", "deepseek-v3", "--dtype", "bf16")
                        .at("/weights/bytes")
                        .asLong())
                .isEqualTo(2 * 671_026_419_200L + 58 * 256 * 2);
    }

    @Test
    void whatIsConvertedIsPrinted() {
        assertThat(Run.of("model", "llama-3.1-8b", "--dtype", "int8").answered().out())
                .contains("weights in int8: a bf16 scale for each output, as compressed-tensors' channel")
                .contains("6,979,321,856");
        assertThat(Run.of("model", "llama-3.1-8b").answered().out()).doesNotContain("weights in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mxfp4", "int8", "nf4", "q4_k_m"})
    void aFormatThatWouldConvertNothingIsRefused(String format) {
        Run.Refusal refusal = Run.of("model", "vit-base", "--dtype", format).refused(2);
        assertThat(refusal.cause()).contains("--dtype is " + format);
        assertThat(refusal.remedy()).contains("bf16");
    }
}
