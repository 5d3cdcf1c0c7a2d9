package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Routing;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 query and 2 key/value heads of 4, V 100; here with 8 experts.
class ExpertFamiliesTest {
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long ROUTER = 8 * 16;
    private static final long TWO_NORMS = 2 * 16;
    private static final long UNTIED = 2 * 100 * 16 + 16;
    private static final String MIXTRAL = "\"num_local_experts\": 8, \"num_experts_per_tok\": 2";
    private static final String QWEN = "\"num_experts\": 8, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 6";

    @Test
    void mixtralsExpertsAreAsWideAsTheNetworkTheyReplace() {
        Described mixtral = Described.small("mixtral", MIXTRAL);
        assertThat(mixtral.parameters()).isEqualTo(4 * (ATTENTION + ROUTER + 8 * 3 * 16 * 24 + TWO_NORMS) + UNTIED);
        assertThat(routing(mixtral))
                .isEqualTo(new Routing(8, 2, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED));
        assertThat(mixtral.tensor("experts.up.weight"))
                .isEqualTo("model.layers.{layer}.block_sparse_moe.experts.{expert}.w3.weight");
        assertThat(mixtral.masks()).containsOnly("full");
        assertThat(Described.small("mixtral", MIXTRAL + ", \"sliding_window\": 9")
                        .masks())
                .containsOnly("sliding 9");
    }

    @Test
    void phiMoeHasLayerNormsAndBiasesOnlyWhereItsConfigSaysSo() {
        assertThat(Described.small("phimoe", MIXTRAL).parameters())
                .isEqualTo(4 * (ATTENTION + ROUTER + 8 * 3 * 16 * 24 + 2 * TWO_NORMS) + UNTIED + 16);
        assertThat(Described.small("phimoe", MIXTRAL + ", \"attention_bias\": true, \"lm_head_bias\": true")
                        .parameters())
                .isEqualTo(4 * (ATTENTION + 16 + 8 + 8 + 16 + ROUTER + 8 * 3 * 16 * 24 + 2 * TWO_NORMS)
                        + UNTIED
                        + 16 // the final norm's bias
                        + 100); // the head's
    }

    @Test
    void miniMaxNormalizesAllHeadsTogetherAndCorrectsItsChoice() {
        Described miniMax = Described.small("minimax_m2", MIXTRAL + ", \"head_dim\": 6, \"rotary_dim\": 2");
        long attention = 2 * 16 * 24 + 2 * 16 * 12;
        assertThat(miniMax.parameters())
                .isEqualTo(4 * (attention + 24 + 12 + ROUTER + 8 + 8 * 3 * 16 * 24 + TWO_NORMS) + UNTIED);
        assertThat(routing(miniMax).scoring()).isEqualTo(Routing.Scoring.SIGMOID);
        assertThat(miniMax.rotary(0).size()).isEqualTo(2);
        assertThat(miniMax.tensor("router.correction"))
                .isEqualTo("model.layers.{layer}.block_sparse_moe.e_score_correction_bias");
    }

    @Test
    void dbrxReadsItsSizesFromTwoObjects() {
        Described dbrx = Described.of("dbrx", """
                "d_model": 16, "n_layers": 3, "n_heads": 4, "vocab_size": 100, "attn_config": {"kv_n_heads": 2},
                "ffn_config": {"ffn_hidden_size": 24, "moe_num_experts": 8, "moe_top_k": 2}""");
        assertThat(dbrx.parameters()).isEqualTo(3 * (ATTENTION + ROUTER + 8 * 3 * 16 * 24 + TWO_NORMS) + UNTIED);
        assertThat(dbrx.tensor("attention.key.weight"))
                .isEqualTo(dbrx.tensor("attention.query.weight"))
                .isEqualTo("transformer.blocks.{layer}.norm_attn_norm.attn.Wqkv.weight");
    }

    @Test
    void olmoeNormalizesAllHeadsTogether() {
        assertThat(Described.small("olmoe", "\"num_experts\": 8, \"num_experts_per_tok\": 2")
                        .parameters())
                .isEqualTo(4 * (ATTENTION + 16 + 8 + ROUTER + 8 * 3 * 16 * 24 + TWO_NORMS) + UNTIED);
    }

    @Test
    void graniteMoeScalesLikeGranite() {
        Described granite = Described.small(
                "granitemoe", MIXTRAL + ", \"attention_multiplier\": 0.25, \"residual_multiplier\": 0.5");
        assertThat(granite.parameters()).isEqualTo(4 * (ATTENTION + ROUTER + 8 * 3 * 16 * 24 + TWO_NORMS) + UNTIED);
        assertThat(granite.attentions())
                .allMatch(attention -> attention.scores().scale() == 0.25);
        assertThat(granite.operators(Operator.Scale.class, "attention.branch")).hasSize(4);
        assertThat(granite.tensor("experts.gate.weight"))
                .isEqualTo(granite.tensor("experts.up.weight"))
                .isEqualTo("model.layers.{layer}.block_sparse_moe.input_linear.weight");
    }

    @Test
    void qwen2HasAGatedSharedExpertBesideTheOthers() {
        Described qwen = Described.small("qwen2_moe", QWEN + ", \"shared_expert_intermediate_size\": 10");
        long biases = 16 + 8 + 8;
        long shared = 3 * 16 * 10 + 16;
        assertThat(qwen.parameters())
                .isEqualTo(4 * (ATTENTION + biases + ROUTER + 8 * 3 * 16 * 6 + shared + TWO_NORMS) + UNTIED);
        assertThat(routing(qwen).weighting()).isEqualTo(Routing.Weighting.AS_SCORED);
        assertThat(qwen.tensor("shared_expert.router.weight"))
                .isEqualTo("model.layers.{layer}.mlp.shared_expert_gate.weight");
    }

    @Test
    void qwen2SlidesInEveryOtherLayerBelowALimitWhereTheWindowIsSwitchedOn() {
        String keys = QWEN + ", \"shared_expert_intermediate_size\": 10, \"sliding_window\": 7";
        assertThat(Described.small("qwen2_moe", keys).masks()).containsOnly("full");
        assertThat(Described.small("qwen2_moe", keys + ", \"use_sliding_window\": true, \"max_window_layers\": 2")
                        .masks())
                .containsExactly("sliding 7", "full", "full", "full");
    }

    @Test
    void qwen3IsDenseWhereALayerIsNamedOrOutOfStep() {
        long experts = ROUTER + 8 * 3 * 16 * 6;
        long dense = 3 * 16 * 24;
        long rest = ATTENTION + 2 * 4 + TWO_NORMS;
        assertThat(Described.small("qwen3_moe", QWEN).parameters()).isEqualTo(4 * (rest + experts) + UNTIED);
        assertThat(Described.small("qwen3_moe", QWEN + ", \"mlp_only_layers\": [0, 3]")
                        .parameters())
                .isEqualTo(4 * rest + 2 * experts + 2 * dense + UNTIED);
        assertThat(Described.small("qwen3_moe", QWEN + ", \"decoder_sparse_step\": 3")
                        .parameters())
                .isEqualTo(4 * rest + experts + 3 * dense + UNTIED); // layer 2, the third
        assertThat(Described.small("qwen3_moe", QWEN + ", \"norm_topk_prob\": true"))
                .extracting(described -> routing(described).weighting())
                .isEqualTo(Routing.Weighting.NORMALIZED);
    }

    @Test
    void qwen3HasFourKeyValueHeadsWhereTheConfigIsSilent() {
        Described qwen = Described.of("qwen3_moe", """
                "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 8, "vocab_size": 100,
                "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 6""");
        assertThat(qwen.find("attention.key.weight").elements()).isEqualTo(4 * 4 * 32); // heads of 32 / 8
    }

    @Test
    void moreChosenExpertsThanThereAreAreRefused() {
        assertThatThrownBy(() -> Described.small("mixtral", "\"num_local_experts\": 8, \"num_experts_per_tok\": 9"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_experts_per_tok is 9, expected at most the 8 experts");
    }

    @Test
    void aConfigWithoutExpertsIsRefused() {
        assertThatThrownBy(() -> Described.small("mixtral", "\"num_local_experts\": 0, \"num_experts_per_tok\": 2"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_local_experts is 0");
        assertThatThrownBy(() -> Described.small("olmoe", ""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_experts is missing");
    }

    @Test
    void dbrxRefusesHeadsThatDoNotDivide() {
        assertThatThrownBy(() -> Described.of("dbrx", """
                        "d_model": 16, "n_layers": 3, "n_heads": 4, "vocab_size": 100, "attn_config": {"kv_n_heads": 3},
                        "ffn_config": {"ffn_hidden_size": 24, "moe_num_experts": 8, "moe_top_k": 2}"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("kv_n_heads is 3, expected a divisor of the 4 query heads");
    }

    private static Routing routing(Described described) {
        return described.first(Operator.Router.class, "router").routing();
    }
}
