package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Operator.StateSpaceScan;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 query and 2 key/value heads of 4, V 100.
class HybridFamiliesTest {
    private static final String SPACE = "\"mamba_n_heads\": 8, \"mamba_d_state\": 5, \"mamba_d_conv\": 4";

    /// 8 heads of 4, one group of 5 states, a convolution of 4, a norm over all.
    private static final long GROUPED = (2 * 32 + 2 * 5 + 8) * 16 + (32 + 2 * 5) * (4 + 1) + 3 * 8 + 32 + 16 * 32;
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long DENSE = 3 * 16 * 24;
    private static final long TWO_NORMS = 2 * 16;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    @Test
    void graniteAttendsOnlyInTheLayersOfThatTypeAndWithoutPositions() {
        String keys = SPACE + ", \"shared_intermediate_size\": 10, \"num_local_experts\": 0"
                + ", \"layer_types\": [\"mamba\", \"attention\", \"mamba\", \"mamba\"]";
        Described granite = Described.small("granitemoehybrid", keys);
        assertThat(granite.parameters()).isEqualTo(3 * GROUPED + ATTENTION + 4 * (3 * 16 * 10 + TWO_NORMS) + UNTIED);
        assertThat(granite.operators(Operator.Attention.class, "attention.core"))
                .containsOnlyKeys(1L);
        assertThat(granite.operators(StateSpaceScan.class, "recurrence.scan")).containsOnlyKeys(0L, 2L, 3L);
        assertThat(granite.rotatedLayers()).isEmpty();
        assertThat(Described.small("granitemoehybrid", keys + ", \"position_embedding_type\": \"rope\"")
                        .rotatedLayers())
                .containsExactly(1L);
    }

    @Test
    void graniteIsAllStateSpacesWhereTheConfigIsSilentAndAddsExpertsToTheSharedOne() {
        Described granite = Described.small(
                "granitemoehybrid",
                SPACE + ", \"shared_intermediate_size\": 10, \"num_local_experts\": 8, \"num_experts_per_tok\": 2");
        long experts = 8 * 16 + 8 * 3 * 16 * 24 + 3 * 16 * 10;
        assertThat(granite.parameters()).isEqualTo(4 * (GROUPED + experts + TWO_NORMS) + UNTIED);
    }

    @Test
    void bambaAttendsInTheLayersItNamesWithHalfAHeadRotated() {
        Described bamba = Described.small("bamba", SPACE + ", \"attn_layer_indices\": [2]");
        assertThat(bamba.parameters()).isEqualTo(3 * GROUPED + ATTENTION + 4 * (DENSE + TWO_NORMS) + UNTIED);
        assertThat(bamba.rotary(2).size()).isEqualTo(2);
    }

    /// Mamba of width 32 with a time step of rank 1 and norms on time step, B and C.
    @Test
    void jambaAttendsAndMixesExpertsPeriodically() {
        long scan = 2 * 32 * 16 + 32 * 4 + 32 + (1 + 2 * 5) * 32 + (1 + 2 * 5) + 32 + 32 + 32 * 5 + 32 + 16 * 32;
        Described jamba = Described.small("jamba", """
                "mamba_d_state": 5, "attn_layer_period": 3, "attn_layer_offset": 1, "num_experts": 8,
                "num_experts_per_tok": 2""");
        assertThat(jamba.parameters())
                .isEqualTo(3 * scan + ATTENTION + 2 * DENSE + 2 * (8 * 16 + 8 * DENSE) + 4 * TWO_NORMS + UNTIED);
        assertThat(jamba.operators(Operator.Attention.class, "attention.core")).containsOnlyKeys(1L);
        assertThat(jamba.operators(Operator.Router.class, "router")).containsOnlyKeys(1L, 3L);
        assertThat(jamba.rotatedLayers()).isEmpty();
        assertThat(jamba.tensor("recurrence.time_step_low_normalization.weight"))
                .isEqualTo("model.layers.{layer}.mamba.dt_layernorm.weight");
    }

    @Test
    void falconH1AttendsBesideAStateSpaceInEveryLayer() {
        long space = GROUPED - 32; // without a norm, unless the config asks for one
        String keys = SPACE + ", \"mamba_d_ssm\": 32";
        assertThat(Described.small("falcon_h1", keys).parameters())
                .isEqualTo(4 * (ATTENTION + space + DENSE + TWO_NORMS) + UNTIED);
        assertThat(Described.small("falcon_h1", keys + ", \"mamba_rms_norm\": true")
                        .parameters())
                .isEqualTo(4 * (ATTENTION + GROUPED + DENSE + TWO_NORMS) + UNTIED);
        Described falcon = Described.small("falcon_h1", keys);
        assertThat(falcon.attentions()).hasSize(4);
        assertThat(falcon.operators(StateSpaceScan.class, "recurrence.scan")).hasSize(4);
    }

    @Test
    void falconH1MultipliesTheMapsThatItsConfigNames() {
        Described falcon = Described.small("falcon_h1", SPACE + """
                , "mamba_d_ssm": 32, "key_multiplier": 0.5, "mlp_multipliers": [2.0, 1.0],
                "ssm_multipliers": [1, 1, 1, 1, 3], "attention_in_multiplier": 1.0""");
        assertThat(falcon.operators(Operator.Scale.class, "attention.key.multiplied"))
                .hasSize(4);
        assertThat(falcon.operators(Operator.Scale.class, "feed_forward.gate.multiplied"))
                .hasSize(4);
        assertThat(falcon.operators(Operator.Scale.class, "recurrence.time_step.multiplied"))
                .hasSize(4);
        assertThat(falcon.operators(Operator.Scale.class, "feed_forward.down.multiplied"))
                .isEmpty();
        assertThat(falcon.operators(Operator.Scale.class, "attention.query.multiplied"))
                .isEmpty();
    }

    @Test
    void lfm2IsTiedAndAttendsWhereItsListSays() {
        long convolution = 3 * 16 * 16 + 16 * 3 + 16 * 16;
        Described lfm2 = Described.small(
                "lfm2", "\"full_attn_idxs\": [1], \"block_auto_adjust_ff_dim\": false, \"conv_L_cache\": 3");
        assertThat(lfm2.parameters())
                .isEqualTo(ATTENTION + 2 * 4 + 3 * convolution + 4 * (DENSE + TWO_NORMS) + 100 * 16 + 16);
        assertThat(lfm2.masks()).containsExactly("full");
        assertThat(lfm2.tensor("final_normalization.weight")).isEqualTo("model.embedding_norm.weight");
        assertThat(Described.small("lfm2", "").masks()).hasSize(4); // no list: every layer attends
    }

    /// 2/3 of 24 is 16, times 1.5 is 24, rounded up to a multiple of 10 is 30.
    @Test
    void lfm2AdjustsItsWidthUnlessToldNotTo() {
        Described lfm2 = Described.small("lfm2", "\"block_ffn_dim_multiplier\": 1.5, \"block_multiple_of\": 10");
        assertThat(lfm2.find("feed_forward.gate.weight").elements()).isEqualTo(16 * 30);
        assertThat(Described.small("lfm2", "\"block_ff_dim\": 12, \"block_multiple_of\": 1")
                        .find("feed_forward.gate.weight")
                        .elements())
                .isEqualTo(16 * 8);
    }

    @Test
    void lfm2MoeIsDenseFirstAndCorrectsItsChoice() {
        Described lfm2 = Described.small(
                "lfm2_moe", "\"num_experts\": 8, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 6");
        long experts = 8 * 16 + 8 + 8 * 3 * 16 * 6;
        assertThat(lfm2.parameters())
                .isEqualTo(4 * (ATTENTION + 2 * 4 + TWO_NORMS) + 2 * DENSE + 2 * experts + 100 * 16 + 16);
    }

    @Test
    void absurdHybridsAreRefusedByKey() {
        refuse("attn_layer_offset is 8", "jamba", "\"attn_layer_offset\": 8");
        refuse("mamba_n_groups is 3", "bamba", SPACE + ", \"mamba_n_groups\": 3");
        refuse(
                "ssm_multipliers is a list of 2",
                "falcon_h1",
                SPACE + ", \"mamba_d_ssm\": 32, \"ssm_multipliers\": [1, 2]");
        refuse("layer_types is gru", "lfm2", "\"layer_types\": [\"conv\", \"conv\", \"conv\", \"gru\"]");
        refuse("layer_types is a list of 1", "granitemoehybrid", SPACE + ", \"layer_types\": [\"mamba\"]");
        refuse("block_ffn_dim_multiplier", "lfm2", "\"block_ffn_dim_multiplier\": -1");
    }

    private static void refuse(String cause, String modelType, String keys) {
        assertThatThrownBy(() -> Described.small(modelType, keys))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cause);
    }
}
