package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.RotaryScaling;
import org.junit.jupiter.api.Test;

class Gemma4FamiliesTest {
    /// Sliding heads of 4, full heads of 8; layers 0 and 2 slide.
    private static final String ALTERNATING = """
            "head_dim": 4, "global_head_dim": 8, "layer_types": ["sliding_attention", "full_attention",
            "sliding_attention", "full_attention"]""";

    private static final long SLIDING = 2 * 16 * 16 + 2 * 16 * 8 + 2 * 4; // the last are the norms of query and key
    private static final long FULL = 2 * 16 * 32 + 2 * 16 * 16 + 2 * 8;
    private static final long GATED = 3 * 16 * 24;
    private static final long NORMS_AND_SCALAR = 4 * 16 + 1;
    private static final long TIED = 100 * 16 + 16;

    @Test
    void fullLayersHaveWiderHeads() {
        Described model = Described.small("gemma4_text", ALTERNATING + ", \"hidden_size_per_layer_input\": 0");
        assertThat(model.parameters()).isEqualTo(2 * SLIDING + 2 * FULL + 4 * (GATED + NORMS_AND_SCALAR) + TIED);
        assertThat(model.masks()).containsExactly("sliding 512", "full", "sliding 512", "full");
    }

    @Test
    void theLastLayerIsFullWhateverTheConfigSays() {
        assertThat(Described.small("gemma4_text", """
                        "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention",
                        "sliding_attention"]""").masks())
                .containsExactly("sliding 512", "sliding 512", "sliding 512", "full");
    }

    @Test
    void valuesMayBeTheKeysOfFullLayersWithHeadsOfTheirOwnNumber() {
        Described model = Described.small("gemma4_text", ALTERNATING + """
                , "hidden_size_per_layer_input": null, "attention_k_eq_v": true, "num_global_key_value_heads": 1""");
        long full = 2 * 16 * 32 + 16 * 8 + 2 * 8; // one key head of 8, no value projection
        assertThat(model.parameters()).isEqualTo(2 * SLIDING + 2 * full + 4 * (GATED + NORMS_AND_SCALAR) + TIED);
        assertThat(model.attentions().getLast().cached()).hasSize(2);
    }

    @Test
    void borrowingLayersHaveNeitherKeysNorValuesNorACache() {
        Described model = Described.small("gemma4_text", ALTERNATING + """
                , "hidden_size_per_layer_input": 0, "num_kv_shared_layers": 2, "use_double_wide_mlp": true""");
        long borrowingSliding = 2 * 16 * 16 + 4;
        long borrowingFull = 2 * 16 * 32 + 8;
        assertThat(model.parameters())
                .isEqualTo(SLIDING
                        + FULL
                        + borrowingSliding
                        + borrowingFull
                        + 2 * GATED // own keys
                        + 2 * 2 * GATED // borrowed ones, twice as wide
                        + 4 * NORMS_AND_SCALAR
                        + TIED);
        assertThat(model.attentions())
                .extracting(attention -> attention.cached().size())
                .containsExactly(2, 2, 0, 0);
    }

    @Test
    void aVectorForEachTokenAndLayerIsMadeOnceAndReadByEveryLayer() {
        Described model = Described.small("gemma4_text", ALTERNATING + """
                , "hidden_size_per_layer_input": 3, "vocab_size_per_layer_input": 90""");
        long once = 90 * 4 * 3 + 16 * 4 * 3 + 3; // table, map, norm
        long each = 2 * 16 * 3 + 16; // gate, map back, norm
        assertThat(model.parameters())
                .isEqualTo(2 * SLIDING + 2 * FULL + 4 * (GATED + NORMS_AND_SCALAR + each) + once + TIED);
    }

    @Test
    void theVectorsAre256WideWhereTheConfigIsSilent() {
        Described model = Described.small("gemma4_text", ALTERNATING);
        assertThat(model.find("per_layer.tokens.weight").fileDimensions()).containsExactly(262_144L, 4L * 256);
    }

    @Test
    void expertsStandBesideTheDenseNetwork() {
        Described model = Described.small("gemma4_text", ALTERNATING + """
                , "hidden_size_per_layer_input": 0, "enable_moe_block": true, "num_experts": 5, "top_k_experts": 2,
                "moe_intermediate_size": 7""");
        long experts = 5 * 3 * 16 * 7 + 5 * 16 + 16 + 5 + 3 * 16; // router, its scale, a scale for each, three norms
        assertThat(model.parameters())
                .isEqualTo(2 * SLIDING + 2 * FULL + 4 * (GATED + experts + NORMS_AND_SCALAR) + TIED);
        assertThat(model.tensor("experts.scale.weight")).isEqualTo("model.layers.{layer}.router.per_expert_scale");
    }

    @Test
    void fullLayersTurnAQuarterOfTheirPairs() {
        Described model = Described.small("gemma4_text", ALTERNATING);
        assertThat(model.rotary(0L).scaling()).isEqualTo(new RotaryScaling.None());
        assertThat(model.rotary(1L).base()).isEqualTo(1_000_000);
        assertThat(model.rotary(1L).scaling()).isEqualTo(new RotaryScaling.Proportional(1, 1)); // of 4
    }

    @Test
    void moreChosenExpertsThanThereAreIsRefused() {
        assertThatThrownBy(() -> Described.small("gemma4_text", """
                        "enable_moe_block": true, "num_experts": 2, "top_k_experts": 3, "moe_intermediate_size": 7"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("top_k_experts is 3, expected at most the 2 experts");
    }

    @Test
    void borrowingWithoutALenderOfThatTypeIsRefused() {
        assertThatThrownBy(() -> Described.small("gemma4_text", """
                        "num_kv_shared_layers": 2, "layer_types": ["sliding_attention", "sliding_attention",
                        "sliding_attention", "full_attention"]"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_kv_shared_layers is 2");
        assertThatThrownBy(() -> Described.small("gemma4_text", "\"num_kv_shared_layers\": 4"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_kv_shared_layers is 4, expected fewer than the 4 layers");
    }
}
