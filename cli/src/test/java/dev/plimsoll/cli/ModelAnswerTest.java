package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `plimsoll model`: parameters, bytes, cache and FLOPs a token, by hand.
class ModelAnswerTest {
    private static final long LAYER_OF_LLAMA_2_70B = 2L * 8192 * 8192 // query, output
            + 2L * 8192 * 8 * 128 // key, value
            + 3L * 8192 * 28672 // gate, up, down
            + 2 * 8192; // two norms

    @Test
    void aTableThatLayersShareIsNoPartOfEachOfThem() {
        JsonNode blocks = Run.json("model", "t5-base").at("/parameters/blocks");
        JsonNode encoder = blocks.get(1);
        long layer = 4 * 768 * 768 + 2 * 768 * 3072 + 2 * 768;
        assertThat(encoder.get("parametersOfOne").asLong()).isEqualTo(layer);
        assertThat(encoder.get("parameters").asLong())
                .as("12 layers, and 32 buckets for each of 12 heads once")
                .isEqualTo(12 * layer + 32 * 12);
    }

    @Test
    void layersThatAreAllTheSameOneAreCountedAsOne() {
        String albert = """
                {"model_type": "albert", "hidden_size": 16, "embedding_size": 8, "intermediate_size": 24,
                 "num_hidden_layers": 12, "num_attention_heads": 4, "vocab_size": 100, "max_position_embeddings": 10}
                """;
        JsonNode blocks = Run.withInput(albert, "model", "-", "-o", "json")
                .answered()
                .tree()
                .at("/parameters/blocks");
        JsonNode layers = blocks.valueStream()
                .filter(block -> block.get("count").asLong() == 12)
                .findFirst()
                .orElseThrow();
        assertThat(layers.get("parametersOfOne")).isEqualTo(layers.get("parameters"));
        assertThat(layers.get("parameters").asLong())
                .isEqualTo(4 * (16 * 16 + 16) + 16 * 24 + 24 + 24 * 16 + 16 + 2 * 2 * 16);
    }

    @Test
    void aModelIsCalledByItsTypeAlsoWhereTheConfigNamesTheClassOnly() {
        String config = TinyLlama.CONFIG.replace("\"model_type\": \"llama\",", "");
        assertThat(Run.withInput(config, "model", "-", "-o", "json")
                        .answered()
                        .tree()
                        .at("/model/architecture")
                        .asString())
                .isEqualTo("llama");
    }

    @Test
    void llama2With70BIsCountedBlockByBlock() {
        JsonNode answer = Run.json("model", "llama-2-70b");
        JsonNode parameters = answer.get("parameters");
        assertThat(answer.at("/schema").asString()).isEqualTo("plimsoll/1");
        assertThat(answer.at("/model/name").asString()).isEqualTo("Llama-2-70B");
        assertThat(answer.at("/model/architecture").asString()).isEqualTo("llama");
        assertThat(parameters.get("total").asLong()).isEqualTo(68_976_648_192L);
        assertThat(parameters.get("total").asLong()).isEqualTo(2L * 32_000 * 8192 + 80 * LAYER_OF_LLAMA_2_70B + 8192);
        assertThat(parameters.get("active").asLong()).isEqualTo(68_976_648_192L);
        assertThat(parameters.get("embedding").asLong()).isEqualTo(32_000L * 8192);
        assertThat(parameters.get("matmul").asLong())
                .isEqualTo(80 * (LAYER_OF_LLAMA_2_70B - 2 * 8192) + 32_000L * 8192);
        assertThat(parameters.get("stored").isNull()).isTrue();
        assertThat(parameters.get("provenance").asString()).isEqualTo("exact");
        JsonNode layer = parameters.at("/blocks/1");
        assertThat(layer.get("count").asLong()).isEqualTo(80);
        assertThat(layer.get("parameters").asLong()).isEqualTo(80 * LAYER_OF_LLAMA_2_70B);
        assertThat(sum(parameters.get("blocks"))).isEqualTo(68_976_648_192L);
        assertThat(answer.at("/weights/bytes").asLong()).isEqualTo(2 * 68_976_648_192L);
        assertThat(answer.at("/weights/dataType").asString()).isEqualTo("f16");
        assertThat(answer.at("/keyValueCache/bytesPerToken").asLong()).isEqualTo(2 * 80 * 8 * 128 * 2);
        assertThat(answer.at("/explanations").isEmpty()).isTrue();
    }

    private static long sum(JsonNode blocks) {
        long sum = 0;
        for (JsonNode block : blocks) {
            sum += block.get("parameters").asLong();
        }
        return sum;
    }

    @Test
    void flopsATokenAreThoseOfTheMatricesAndHalfTheAttentionSquare() {
        JsonNode flops =
                Run.json("model", "llama-2-70b", "--seq-length", "4095").get("flops");
        // A token sees (s + 1) / 2 = 2048 tokens on average; scores and values are 2 FLOPs each.
        long forward = 2 * (80 * (LAYER_OF_LLAMA_2_70B - 2 * 8192) + 32_000L * 8192) + 80L * 4 * 8192 * 2048;
        assertThat(flops.get("forwardPerToken").asLong()).isEqualTo(forward);
        assertThat(flops.get("perToken").asLong()).isEqualTo(3 * forward);
        assertThat(flops.get("convention").asString()).isEqualTo("strict");
        assertThat(flops.get("sequenceLength").asLong()).isEqualTo(4095);
    }

    @Test
    void deepSeekV3HasAllExpertsInItsTotalAndEightInItsActiveParameters() {
        long attention = 7168L * 1536
                + 1536
                + 1536 * 128 * (128 + 64) // query
                + 7168 * (512 + 64)
                + 512
                + 512 * 128 * (128 + 128) // key and value
                + 128L * 128 * 7168 // output
                + 2 * 7168; // the layer's norms
        long expert = 3L * 7168 * 2048;
        long router = 256 * 7168 + 256;
        long outside = 61 * attention + 3 * 3L * 7168 * 18432 + 58 * router + 2L * 129_280 * 7168 + 7168;
        JsonNode parameters = Run.json("model", "deepseek-v3").get("parameters");
        assertThat(parameters.get("total").asLong()).isEqualTo(outside + 58 * (1 + 256) * expert);
        assertThat(parameters.get("active").asLong()).isEqualTo(outside + 58 * (1 + 8) * expert);
        assertThat(parameters.get("corrections").asLong()).isEqualTo(58 * 256);
        assertThat(parameters.get("nextTokensPrediction").asLong())
                .as("one layer more, its projection of two hidden states to one, three norms")
                .isEqualTo(attention + router + 257 * expert + 2L * 7168 * 7168 + 3 * 7168);
    }

    @Test
    void severalReferencesGiveAnArrayAndOneGivesAnObject() {
        JsonNode both = Run.json("model", "gpt2", "bert-base");
        assertThat(both.isArray()).isTrue();
        assertThat(both).hasSize(2);
        assertThat(both.get(0)).isEqualTo(Run.json("model", "gpt2"));
        assertThat(both.at("/1/parameters/total").asLong()).isEqualTo(109_482_240);
    }

    @Test
    void aQuantisedDataTypeOfAConfigIsAssumed() {
        JsonNode plain = Run.json("model", "llama-2-7b", "--dtype", "bf16").get("weights");
        assertThat(plain.get("bytes").asLong()).isEqualTo(2 * 6_738_415_616L);
        assertThat(plain.get("provenance").asString()).isEqualTo("exact");

        long square = 4096L * 4096;
        long wide = 4096L * 11_008;
        long vocabulary = 32_000L * 4096;
        // llama.cpp's mixture: the head and half of the layers' values and down projections in 6 bits, norms in f32.
        long sixBits = vocabulary + 16 * (square + wide);
        long fourBits = vocabulary + 32 * (4 * square + 3 * wide) - 16 * (square + wide);
        JsonNode mixture =
                Run.json("model", "llama-2-7b", "--weight-dtype", "q4_k_m").get("weights");
        assertThat(mixture.get("bytes").asLong())
                .isEqualTo(sixBits / 256 * 210 + fourBits / 256 * 144 + 65 * 4096 * 4)
                // A public file of this model and mixture has 4,081,004,224 bytes, its header and vocabulary included.
                .isBetween(4_081_004_224L - 1_000_000, 4_081_004_224L);
        assertThat(mixture.get("provenance").asString()).isEqualTo("assumed");
        assertThat(mixture.get("dataType").asString()).isEqualTo("q4_k_m");
    }

    @Test
    void theCacheTypeCanBeChosen() {
        JsonNode cache =
                Run.json("model", "llama-3.1-8b", "--kv-cache-dtype", "fp8").get("keyValueCache");
        assertThat(cache.get("bytesPerToken").asLong()).isEqualTo(2 * 32 * 8 * 128);
        assertThat(cache.get("dataType").asString()).isEqualTo("f8_e4m3");
    }

    @Test
    void explanationsShowTheTotalAndTheCache() {
        JsonNode lines = Run.json("model", "gpt2", "--explain").get("explanations");
        assertThat(lines.at("/0/value").asLong()).isEqualTo(124_439_808);
        assertThat(lines.at("/0/unit").asString()).isEqualTo("parameters");
        assertThat(lines.at("/0/topic").asString()).isNotEmpty();
        assertThat(lines.at("/0/formula").asString()).isNotEmpty();
        assertThat(lines.at("/0/source").asString()).isNotEmpty();
        assertThat(lines.at("/0/provenance").asString()).isEqualTo("exact");
    }

    @Test
    void aConfigIsReadFromStandardInput() {
        String config = """
                {"model_type": "llama", "hidden_size": 64, "intermediate_size": 172, "num_hidden_layers": 5,
                 "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 512, "tie_word_embeddings": true,
                 "torch_dtype": "float32"}
                """;
        JsonNode answer =
                Run.withInput(config, "model", "-", "-o", "json").answered().tree();
        long layer = 2 * 64 * 64 + 2 * 64 * 4 * 8 + 3 * 64 * 172 + 2 * 64;
        assertThat(answer.at("/parameters/total").asLong()).isEqualTo(512 * 64 + 5 * layer + 64);
        assertThat(answer.at("/weights/bytes").asLong()).isEqualTo(4 * (512 * 64 + 5 * layer + 64));
        assertThat(answer.at("/model/name").asString()).isEqualTo("standard input");
    }
}
