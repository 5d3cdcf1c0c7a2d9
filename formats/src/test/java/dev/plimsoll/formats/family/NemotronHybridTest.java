package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import org.junit.jupiter.api.Test;

class NemotronHybridTest {
    private static final String SMALL = """
            "hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 4, "num_key_value_heads": 2,
            "head_dim": 4, "vocab_size": 100, "mamba_num_heads": 8, "mamba_head_dim": 4, "n_groups": 2,
            "ssm_state_size": 5, "conv_kernel": 4, "n_routed_experts": 8, "num_experts_per_tok": 2,
            "moe_intermediate_size": 6, "moe_shared_expert_intermediate_size": 7""";
    private static final long SPACE = (2 * 32 + 2 * 2 * 5 + 8) * 16 + (32 + 2 * 2 * 5) * (4 + 1) + 3 * 8 + 32 + 16 * 32;
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long PLAIN = 2 * 16 * 24;
    private static final long EXPERTS = 8 * 16 + 8 + 8 * 2 * 16 * 6 + 2 * 16 * 7;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    @Test
    void eachLetterIsOneMixerBehindOneNorm() {
        Described nemotron = Described.of("nemotron_h", SMALL + ", \"hybrid_override_pattern\": \"MM*-E\"");
        assertThat(nemotron.parameters()).isEqualTo(2 * SPACE + ATTENTION + PLAIN + EXPERTS + 5 * 16 + UNTIED);
        assertThat(nemotron.operators(Operator.Attention.class, "attention.core"))
                .containsOnlyKeys(2L);
        assertThat(nemotron.rotatedLayers()).isEmpty();
        assertThat(nemotron.tensor("feed_forward.normalization.weight"))
                .isEqualTo(nemotron.tensor("recurrence.normalization.weight"))
                .isEqualTo("backbone.layers.{layer}.norm.weight");
    }

    @Test
    void theLayersMayBeListedByName() {
        assertThat(Described.of(
                                "nemotron_h",
                                SMALL + ", \"layers_block_type\": [\"mamba\", \"attention\", \"mlp\", \"moe\"]")
                        .parameters())
                .isEqualTo(SPACE + ATTENTION + PLAIN + EXPERTS + 4 * 16 + UNTIED);
    }

    @Test
    void expertsMayWorkAtASmallerWidth() {
        long latent = 8 * 16 + 8 + 2 * 10 * 16 + 8 * 2 * 10 * 6 + 2 * 16 * 7;
        Described nemotron =
                Described.of("nemotron_h", SMALL + ", \"hybrid_override_pattern\": \"E\", \"moe_latent_size\": 10");
        assertThat(nemotron.parameters()).isEqualTo(latent + 16 + UNTIED);
        assertThat(nemotron.tensor("experts.latent_down.weight"))
                .isEqualTo("backbone.layers.{layer}.mixer.fc1_latent_proj.weight");
    }

    @Test
    void theOutputOfEachGroupIsNormalizedOnItsOwn() {
        Operator.Normalization norm = Described.of("nemotron_h", SMALL + ", \"hybrid_override_pattern\": \"M\"")
                .first(Operator.Normalization.class, "recurrence.normalization_of_output");
        assertThat(norm.input().shape().trailing(norm.axes()).fixedElements()).isEqualTo(32 / 2);
        assertThat(norm.gain().orElseThrow().elements()).isEqualTo(32);
    }

    @Test
    void nextTokenLayersFollowAPatternOfTheirOwn() {
        Described nemotron = Described.of("nemotron_h", SMALL + """
                , "hybrid_override_pattern": "M", "num_nextn_predict_layers": 1, "mtp_hybrid_override_pattern": "*E\"""");
        assertThat(nemotron.parameters()).isEqualTo(SPACE + 16 + UNTIED);
        assertThat(nemotron.furtherParameters()).isEqualTo(ATTENTION + 16 + EXPERTS + 16 + 2 * 16 * 16 + 3 * 16);
        assertThat(nemotron.tensor("prediction.output_normalization.weight"))
                .isEqualTo("mtp.layers.1.final_layernorm.weight");
    }

    @Test
    void absurdPatternsAreRefused() {
        refuse("hybrid_override_pattern is a pattern with X", "\"hybrid_override_pattern\": \"MX\"");
        refuse("hybrid_override_pattern is missing", "\"num_hidden_layers\": 4");
        refuse("layers_block_type is lstm", "\"layers_block_type\": [\"lstm\"]");
        refuse("10001 letters long", "\"hybrid_override_pattern\": \"" + "M".repeat(10_001) + "\"");
        refuse(
                "n_groups is 3",
                "\"hybrid_override_pattern\": \"M\"",
                SMALL.replace("\"n_groups\": 2", "\"n_groups\": 3"));
    }

    private static void refuse(String cause, String keys) {
        refuse(cause, keys, SMALL);
    }

    private static void refuse(String cause, String keys, String small) {
        assertThatThrownBy(() -> Described.of("nemotron_h", small + ", " + keys))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cause);
    }
}
