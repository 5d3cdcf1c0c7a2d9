package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Operator.DeltaRule;
import dev.plimsoll.model.operator.Parameter;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 query and 2 key/value heads, V 100; here heads of 8.
class LinearAttentionFamiliesTest {
    private static final String LINEAR = """
            "head_dim": 8, "linear_num_key_heads": 2, "linear_key_head_dim": 3, "linear_num_value_heads": 4,
            "linear_value_head_dim": 5, "linear_conv_kernel_dim": 4""";
    private static final String EXPERTS = """
            , "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 6,
            "shared_expert_intermediate_size": 10""";

    /// Query and gate, key, value, output, and a norm on query and key heads.
    private static final long FULL = 2 * 32 * 16 + 2 * 16 * 16 + 16 * 32 + 2 * 8;

    /// 6 keys in all, 20 values in all, 4 value heads.
    private static final long DELTA = (2 * 6 + 2 * 20) * 16 + 2 * 4 * 16 + (2 * 6 + 20) * 4 + 2 * 4 + 5 + 16 * 20;
    private static final long SPARSE = 8 * 16 + 8 * 3 * 16 * 6 + 3 * 16 * 10 + 16;
    private static final long TWO_NORMS = 2 * 16;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    @Test
    void everyFourthLayerAttendsAndTheOthersKeepAState() {
        Described qwen = Described.small("qwen3_5_text", LINEAR);
        assertThat(qwen.parameters()).isEqualTo(FULL + 3 * DELTA + 4 * (3 * 16 * 24 + TWO_NORMS) + UNTIED);
        assertThat(qwen.operators(Operator.Attention.class, "attention.core")).containsOnlyKeys(3L);
        assertThat(qwen.first(DeltaRule.class, "recurrence.rule").state().fixedElements())
                .isEqualTo(4 * 3 * 5);
    }

    @Test
    void anotherIntervalOrAListDecidesWhichLayersAttend() {
        assertThat(Described.small("qwen3_5_text", LINEAR + ", \"full_attention_interval\": 2")
                        .operators(Operator.Attention.class, "attention.core"))
                .containsOnlyKeys(1L, 3L);
        assertThat(Described.small("qwen3_5_text", LINEAR + """
                        , "layer_types": ["full_attention", "linear_attention", "linear_attention", "linear_attention"]""").operators(Operator.Attention.class, "attention.core"))
                .containsOnlyKeys(0L);
    }

    @Test
    void attentionIsGatedByTheOtherHalfOfTheQueryProjection() {
        Described qwen = Described.small("qwen3_5_text", LINEAR);
        assertThat(qwen.tensor("attention.gate.weight"))
                .isEqualTo(qwen.tensor("attention.query.weight"))
                .isEqualTo("model.layers.{layer}.self_attn.q_proj.weight");
        assertThat(qwen.rotary(3).size()).isEqualTo(2); // a quarter of 8
        assertThat(qwen.find("attention.key_normalization.weight").kind()).isEqualTo(Parameter.Kind.GAIN_BESIDE_ONE);
        assertThat(qwen.find("recurrence.normalization_of_output.weight").kind())
                .isEqualTo(Parameter.Kind.GAIN);
    }

    @Test
    void qwen3NextMixesExpertsBesideAGatedSharedOne() {
        Described qwen = Described.small("qwen3_next", LINEAR + EXPERTS);
        assertThat(qwen.parameters()).isEqualTo(FULL + 3 * DELTA + 4 * (SPARSE + TWO_NORMS) + UNTIED);
        assertThat(qwen.tensor("recurrence.gate.weight"))
                .isEqualTo("model.layers.{layer}.linear_attn.in_proj_qkvz.weight");
        assertThat(Described.small("qwen3_next", LINEAR + EXPERTS + ", \"mlp_only_layers\": [0]")
                        .parameters())
                .isEqualTo(FULL + 3 * DELTA + 3 * SPARSE + 3 * 16 * 24 + 4 * TWO_NORMS + UNTIED);
    }

    @Test
    void qwen35SplitsTheInputMapInFour() {
        Described qwen = Described.small("qwen3_5_moe_text", LINEAR + EXPERTS);
        assertThat(qwen.parameters()).isEqualTo(FULL + 3 * DELTA + 4 * (SPARSE + TWO_NORMS) + UNTIED);
        assertThat(qwen.tensor("recurrence.gate.weight"))
                .isEqualTo("model.layers.{layer}.linear_attn.in_proj_z.weight");
        assertThat(qwen.tensor("recurrence.query.weight"))
                .isEqualTo(qwen.tensor("recurrence.value.weight"))
                .isEqualTo("model.layers.{layer}.linear_attn.in_proj_qkv.weight");
    }

    @Test
    void theNextTokensLayerAttendsAndIsNotCounted() {
        Described qwen = Described.small("qwen3_5_text", LINEAR + ", \"mtp_num_hidden_layers\": 1");
        assertThat(qwen.parameters()).isEqualTo(FULL + 3 * DELTA + 4 * (3 * 16 * 24 + TWO_NORMS) + UNTIED);
        assertThat(qwen.furtherParameters()).isEqualTo(FULL + 3 * 16 * 24 + TWO_NORMS + 2 * 16 * 16 + 3 * 16);
        assertThat(qwen.tensor("prediction.map.weight")).isEqualTo("mtp.fc.weight");
    }

    @Test
    void absurdHeadsAndTypesAreRefused() {
        assertThatThrownBy(() -> Described.small(
                        "qwen3_5_text", LINEAR.replace("\"linear_num_key_heads\": 2", "\"linear_num_key_heads\": 3")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("linear_num_key_heads is 3, expected a divisor of the 4 value heads");
        assertThatThrownBy(() -> Described.small("qwen3_next", LINEAR + EXPERTS + """
                        , "layer_types": ["full_attention", "linear_attention", "linear_attention", "conv"]"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("layer_types is conv");
    }
}
