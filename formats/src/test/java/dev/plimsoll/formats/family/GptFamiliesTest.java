package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.TensorName;
import org.junit.jupiter.api.Test;

class GptFamiliesTest {
    private static final String SMALL = """
            "n_embd": 16, "n_layer": 4, "n_head": 4, "vocab_size": 100, "n_positions": 32""";

    private static final long MULTI_HEAD = 4 * 16 * 16 + 4 * 16;
    private static final long FEED_FORWARD = 2 * 16 * 64 + 64 + 16;
    private static final long TWO_NORMS = 4 * 16;
    private static final long LAYER = MULTI_HEAD + FEED_FORWARD + TWO_NORMS;
    private static final long TIED_WITH_FINAL_NORM = 100 * 16 + 2 * 16;

    /// GPT-2's published total.
    @Test
    void gpt2HasBiasesLearnedPositionsAndATiedHead() {
        Described model = Described.of(
                "gpt2",
                "\"n_embd\": 768, \"n_layer\": 12, \"n_head\": 12, \"vocab_size\": 50257, \"n_positions\": 1024");
        long layer = 4 * 768 * 768 + 4 * 768 + 2 * 768 * 3072 + 3072 + 768 + 4 * 768;
        assertThat(model.parameters())
                .isEqualTo(12 * layer + (50257 + 1024) * 768 + 2 * 768)
                .isEqualTo(124_439_808L);
    }

    @Test
    void gpt2sMatricesLieInputsFirst() {
        assertThat(Described.of("gpt2", SMALL)
                        .find("feed_forward.up.weight")
                        .names()
                        .huggingFace())
                .containsExactly(
                        new TensorName("transformer.h.{layer}.mlp.c_fc.weight", TensorName.Arrangement.INPUTS_FIRST),
                        new TensorName("h.{layer}.mlp.c_fc.weight", TensorName.Arrangement.INPUTS_FIRST));
    }

    @Test
    void gpt2MayScaleScoresByTheLayersNumber() {
        Described model = Described.of("gpt2", SMALL + ", \"scale_attn_by_inverse_layer_idx\": true");
        assertThat(model.attentions())
                .extracting(attention -> attention.scores().scale())
                .containsExactly(0.5, 0.5 / 2, 0.5 / 3, 0.5 / 4); // 0.5 is the inverse root of heads of 4
    }

    @Test
    void gptBigcodeHasOneKeyValueHeadUnlessSwitchedOff() {
        long multiQuery = 2 * 16 * 16 + 2 * 16 * 4 + 2 * 16 + 2 * 4;
        assertThat(Described.of("gpt_bigcode", SMALL).parameters())
                .isEqualTo(4 * (multiQuery + FEED_FORWARD + TWO_NORMS) + TIED_WITH_FINAL_NORM + 32 * 16);
        assertThat(Described.of("gpt_bigcode", SMALL + ", \"multi_query\": false")
                        .parameters())
                .isEqualTo(4 * LAYER + TIED_WITH_FINAL_NORM + 32 * 16);
    }

    @Test
    void gptNeoBiasesItsOutputOnlyAndAlternates() {
        Described model = Described.of("gpt_neo", """
                "hidden_size": 16, "num_layers": 4, "num_heads": 4, "vocab_size": 100,
                "max_position_embeddings": 32, "attention_types": [[["global", "local"], 2]]""");
        assertThat(model.parameters())
                .isEqualTo(4 * (4 * 16 * 16 + 16 + FEED_FORWARD + TWO_NORMS) + TIED_WITH_FINAL_NORM + 32 * 16);
        assertThat(model.masks()).containsExactly("full", "sliding 256", "full", "sliding 256");
        assertThat(model.attentions().getFirst().scores().scale()).isEqualTo(1);
    }

    @Test
    void gptNeoRefusesListsThatAreTooShortOrOfAnotherForm() {
        String sizes = "\"hidden_size\": 16, \"num_layers\": 4, \"num_heads\": 4, \"vocab_size\": 100, ";
        assertThatThrownBy(() -> Described.of("gpt_neo", sizes + "\"attention_types\": [[[\"global\"], 3]]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("attention_types is a list for 3 layers, expected one for all 4 layers");
        assertThatThrownBy(() -> Described.of("gpt_neo", sizes + "\"attention_types\": [[\"global\", 3]]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("attention_types");
        assertThatThrownBy(() -> Described.of("gpt_neo", sizes + "\"attention_types\": [[[\"far\"], 4]]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("attention_types is 'far', expected global or local");
    }

    @Test
    void optHasTwoRowsMoreThanPositions() {
        Described model = Described.of("opt", """
                "hidden_size": 16, "ffn_dim": 64, "num_hidden_layers": 4, "num_attention_heads": 4,
                "vocab_size": 100, "max_position_embeddings": 32""");
        assertThat(model.parameters()).isEqualTo(4 * LAYER + TIED_WITH_FINAL_NORM + 34 * 16);
    }

    /// OPT-350M's published total: a table half as wide, norms behind each sum, none at the end.
    @Test
    void opt350mMapsItsNarrowTableToTheStreamAndBack() {
        Described model = Described.of("opt", """
                "hidden_size": 1024, "ffn_dim": 4096, "num_hidden_layers": 24, "num_attention_heads": 16,
                "vocab_size": 50272, "max_position_embeddings": 2048, "word_embed_proj_dim": 512,
                "do_layer_norm_before": false""");
        long layer = 4 * 1024 * 1024 + 4 * 1024 + 2 * 1024 * 4096 + 4096 + 1024 + 4 * 1024;
        assertThat(model.parameters())
                .isEqualTo(24 * layer + 50272 * 512 + 2050 * 1024 + 2 * 512 * 1024)
                .isEqualTo(331_196_416L);
    }

    @Test
    void bloomBiasesScoresByDistanceAndNormalizesItsEmbedding() {
        Described model = Described.of("bloom", "\"n_embed\": 16, \"n_layer\": 4, \"n_head\": 4, \"vocab_size\": 100");
        assertThat(model.parameters()).isEqualTo(4 * LAYER + TIED_WITH_FINAL_NORM + 2 * 16);
        assertThat(model.attentions().getFirst().scores().positions()).isEqualTo(new PositionBias.LinearBias());
    }

    @Test
    void mptHasNoBiases() {
        Described model = Described.of("mpt", "\"d_model\": 16, \"n_layers\": 4, \"n_heads\": 4, \"vocab_size\": 100");
        assertThat(model.parameters()).isEqualTo(4 * (4 * 16 * 16 + 8 * 16 * 16 + 2 * 16) + 100 * 16 + 16);
        assertThat(model.attentions().getFirst().scores().positions()).isEqualTo(new PositionBias.LinearBias());
    }

    @Test
    void mptMayGroupItsQueries() {
        Described model = Described.of("mpt", """
                "d_model": 16, "n_layers": 1, "n_heads": 4, "vocab_size": 100,
                "attn_config": {"attn_type": "grouped_query_attention", "kv_n_heads": 2}""");
        assertThat(model.parameters()).isEqualTo(2 * 16 * 16 + 2 * 16 * 8 + 8 * 16 * 16 + 2 * 16 + 100 * 16 + 16);
    }

    @Test
    void starcoder2RotatesGroupsAndBiasesEverywhere() {
        Described model = Described.of("starcoder2", """
                "hidden_size": 16, "intermediate_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4,
                "num_key_value_heads": 2, "vocab_size": 100, "sliding_window": 8""");
        long attention = 2 * 16 * 16 + 2 * 16 * 8 + 2 * 16 + 2 * 8;
        assertThat(model.parameters()).isEqualTo(4 * (attention + FEED_FORWARD + TWO_NORMS) + TIED_WITH_FINAL_NORM);
        assertThat(model.masks()).containsOnly("sliding 8");
        assertThat(model.rotatedLayers()).hasSize(4);
    }
}
