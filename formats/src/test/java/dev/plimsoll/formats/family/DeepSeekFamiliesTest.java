package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 query and 2 key/value heads of 4, V 100; here with 8 experts of 6.
class DeepSeekFamiliesTest {
    private static final String EXPERTS = """
            "n_routed_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 6, "n_shared_experts": 2""";
    private static final String LATENT = """
            "q_lora_rank": 10, "kv_lora_rank": 5, "qk_nope_head_dim": 6, "qk_rope_head_dim": 2, "v_head_dim": 3""";
    private static final String V3 = EXPERTS + ", " + LATENT + ", \"n_group\": 4, \"topk_group\": 2";
    private static final long GROUPED = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long DENSE = 3 * 16 * 24;
    private static final long SPARSE = 8 * 16 + 8 * 3 * 16 * 6 + 3 * 16 * (2 * 6);
    private static final long CORRECTED = SPARSE + 8;

    /// Query through a rank of 10 to 4 heads of 6 + 2, keys and values through 5, output from 4 heads of 3.
    private static final long COMPRESSED = 10 * 16 + 10 + 4 * 8 * 10 + (5 + 2) * 16 + 5 + 4 * (6 + 3) * 5 + 16 * 4 * 3;
    private static final long TWO_NORMS = 2 * 16;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    @Test
    void theFirstIsDenseInItsFirstLayersAndSharesExpertsOfTheSameWidth() {
        Described deepSeek = Described.small("deepseek", EXPERTS + ", \"first_k_dense_replace\": 1");
        assertThat(deepSeek.parameters()).isEqualTo(4 * (GROUPED + TWO_NORMS) + DENSE + 3 * SPARSE + UNTIED);
        assertThat(deepSeek.operators(Operator.Router.class, "router")).containsOnlyKeys(1L, 2L, 3L);
    }

    @Test
    void theFrequencyOfExpertsMayBeANumberOrAList() {
        assertThat(Described.small("deepseek", EXPERTS + ", \"moe_layer_freq\": 2")
                        .operators(Operator.Router.class, "router"))
                .containsOnlyKeys(0L, 2L);
        assertThat(Described.small("deepseek", EXPERTS + ", \"moe_layer_freq\": [0, 0, 1, 1]")
                        .operators(Operator.Router.class, "router"))
                .containsOnlyKeys(2L, 3L);
        assertThat(Described.small(
                                "deepseek",
                                EXPERTS + ", \"mlp_layer_types\": [\"dense\", \"sparse\", \"sparse\", \"dense\"]")
                        .operators(Operator.Router.class, "router"))
                .containsOnlyKeys(1L, 2L);
    }

    @Test
    void theSecondProjectsQueriesAtOnceWhereItNamesNoRank() {
        long atOnce = COMPRESSED - (10 * 16 + 10 + 4 * 8 * 10) + 4 * 8 * 16;
        Described lite = Described.small("deepseek_v2", EXPERTS + ", " + LATENT.replace("\"q_lora_rank\": 10, ", ""));
        assertThat(lite.parameters()).isEqualTo(4 * (atOnce + SPARSE + TWO_NORMS) + UNTIED);
        assertThat(lite.tensor("attention.query.weight")).isEqualTo("model.layers.{layer}.self_attn.q_proj.weight");
        assertThat(Described.small("deepseek_v2", EXPERTS + ", " + LATENT).parameters())
                .isEqualTo(4 * (COMPRESSED + SPARSE + TWO_NORMS) + UNTIED);
    }

    @Test
    void onlyTheLatentAndTheRotatedKeyAreCached() {
        Described deepSeek = Described.small("deepseek_v2", EXPERTS + ", " + LATENT);
        assertThat(deepSeek.attentions())
                .hasSize(4)
                .allSatisfy(attention -> assertThat(attention.cached().stream()
                                .map(value -> value.shape().trailing(1).fixedElements()))
                        .containsExactly(5L, 2L));
    }

    @Test
    void theThirdCorrectsItsChoiceAndScalesWhatTheExpertsReturn() {
        Described deepSeek =
                Described.small("deepseek_v3", V3 + ", \"first_k_dense_replace\": 1, \"routed_scaling_factor\": 2.5");
        assertThat(deepSeek.parameters()).isEqualTo(4 * (COMPRESSED + TWO_NORMS) + DENSE + 3 * CORRECTED + UNTIED);
        assertThat(deepSeek.first(Operator.Router.class, "router").routing())
                .isEqualTo(new Routing(
                        8, 2, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED, new Routing.Groups(4, 2, 2)));
        assertThat(deepSeek.operators(Operator.Scale.class, "experts.constant_scale"))
                .hasSize(3);
    }

    @Test
    void aYarnStretchedModelScalesItsScores() {
        Described deepSeek = Described.small(
                "deepseek_v3",
                V3 + ", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 40, \"mscale_all_dim\": 1.0}");
        double root = 0.1 * Math.log(40) + 1;
        assertThat(deepSeek.attentions().getFirst().scores().scale())
                .isCloseTo(root * root / Math.sqrt(8), within(1e-12)); // heads of 6 + 2
        assertThat(deepSeek.rotary(0).pairing()).isEqualTo(Rotary.Pairing.NEIGHBOURS);
    }

    /// With both scales equal, as in DeepSeek-V3, sines and cosines are as long as ever.
    @Test
    void yarnTakesItsNumbersFromTheConfig() {
        Described plain = Described.small("deepseek_v3", V3 + """
                , "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096}""");
        assertThat(plain.rotary(0).scaling()).isEqualTo(new RotaryScaling.Yarn(40, 4096));
        Described told = Described.small("deepseek_v3", V3 + """
                , "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096,
                "beta_fast": 16, "beta_slow": 2, "mscale": 1.0, "mscale_all_dim": 1.0, "truncate": false}""");
        assertThat(told.rotary(0).scaling())
                .isEqualTo(new RotaryScaling.Yarn(40, 4096, 16, 2, 1, RotaryScaling.RampEnds.EXACT));
    }

    @Test
    void nextTokenLayersAreBesideTheLogicalModelAndShareTableAndHead() {
        String keys = V3 + ", \"first_k_dense_replace\": 1";
        Described without = Described.small("deepseek_v3", keys);
        Described with = Described.small("deepseek_v3", keys + ", \"num_nextn_predict_layers\": 2");
        assertThat(with.parameters()).isEqualTo(without.parameters());
        assertThat(with.furtherParameters()).isEqualTo(2 * (COMPRESSED + CORRECTED + TWO_NORMS + 2 * 16 * 16 + 3 * 16));
        List<Part> parts = with.transformer().parts();
        assertThat(parts.stream().map(Part::name)).containsExactly("text", "next tokens", "next tokens 2");
        assertThat(parts.get(2).runs()).allMatch(run -> run.first() == 5);
        assertThat(with.tensor("prediction.map.weight")).isEqualTo("model.layers.{layer}.eh_proj.weight");
        assertThat(with.ggufTensor("prediction.output_normalization.weight"))
                .isEqualTo("blk.{layer}.nextn.shared_head_norm.weight");
    }

    @Test
    void theIndexerHasItsOwnQueriesKeysNormAndWeights() {
        long indexer = 2 * 4 * 10 + 4 * 16 + 2 * 4 + 2 * 16; // 2 heads of 4 from the query's latent of 10
        Described sparse = Described.small(
                "deepseek_v32",
                V3 + ", \"first_k_dense_replace\": 4, \"index_n_heads\": 2, \"index_head_dim\": 4, \"index_topk\": 7");
        assertThat(sparse.parameters()).isEqualTo(4 * (COMPRESSED + indexer + DENSE + TWO_NORMS) + UNTIED);
        assertThat(sparse.masks()).containsOnly("Selected[size=7]");
        assertThat(sparse.first(Operator.RotaryEmbedding.class, "indexer.key_rotary")
                        .rotary()
                        .where())
                .isEqualTo(Rotary.End.FIRST);
    }

    @Test
    void glm5HasNoGroupsOfExpertsOfItsOwnAccord() {
        Described glm = Described.small(
                "glm_moe_dsa", EXPERTS + ", " + LATENT + ", \"index_n_heads\": 2, \"index_head_dim\": 4");
        assertThat(glm.first(Operator.Router.class, "router").routing().groups())
                .isEqualTo(Routing.Groups.ONE);
        assertThat(glm.masks()).containsOnly("Selected[size=2048]");
        assertThatThrownBy(() -> Described.small("glm_moe_dsa", EXPERTS + ", " + LATENT + ", \"index_topk_freq\": 4"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("index_topk_freq");
    }

    @Test
    void glm45BiasesThreeProjectionsAndRotatesHalfAHead() {
        Described glm = Described.small("glm4_moe", EXPERTS + ", \"attention_bias\": true, \"use_qk_norm\": true");
        assertThat(glm.parameters())
                .isEqualTo(4 * (GROUPED + 16 + 8 + 8 + 2 * 4 + TWO_NORMS) + DENSE + 3 * CORRECTED + UNTIED);
        assertThat(glm.rotary(0).size()).isEqualTo(2); // of 4
    }

    @Test
    void dotsNormalizesHeadsAndSlidesOnlyAboveALimit() {
        assertThat(Described.small("dots1", EXPERTS).parameters())
                .isEqualTo(4 * (GROUPED + 2 * 4 + CORRECTED + TWO_NORMS) + UNTIED);
        assertThat(Described.small("dots1", EXPERTS + ", \"max_window_layers\": 3")
                        .masks())
                .containsExactly("full", "full", "full", "sliding 4096");
        assertThat(Described.small("dots1", EXPERTS + ", \"max_window_layers\": 3, \"sliding_window\": null")
                        .masks())
                .containsOnly("full");
    }

    @Test
    void lingFusesItsProjectionsAndItsSecondVersionCorrectsTheChoice() {
        Described ling = Described.small("bailing_moe", EXPERTS + ", \"use_qkv_bias\": true");
        assertThat(ling.parameters()).isEqualTo(4 * (GROUPED + 16 + 8 + 8 + SPARSE + TWO_NORMS) + UNTIED);
        assertThat(ling.tensor("attention.value.weight"))
                .isEqualTo("model.layers.{layer}.attention.query_key_value.weight");
        assertThat(Described.small("bailing_moe_v2", EXPERTS).parameters())
                .isEqualTo(4 * (GROUPED + 2 * 4 + CORRECTED + TWO_NORMS) + UNTIED);
    }

    @Test
    void absurdMixturesAreRefusedByKey() {
        refuse("n_group is 3", "deepseek_v3", V3.replace("\"n_group\": 4", "\"n_group\": 3"));
        refuse("topk_group is 5", "deepseek_v3", V3.replace("\"topk_group\": 2", "\"topk_group\": 5"));
        refuse(
                "topk_group is 1",
                "deepseek_v3",
                V3.replace("\"topk_group\": 2", "\"topk_group\": 1")
                        .replace("\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 3"));
        refuse("moe_layer_freq is a list of 2", "deepseek", EXPERTS + ", \"moe_layer_freq\": [1, 1]");
        refuse(
                "mlp_layer_types is moe",
                "deepseek",
                EXPERTS + ", \"mlp_layer_types\": [\"moe\", \"moe\", \"moe\", \"moe\"]");
        refuse("num_nextn_predict_layers is 65", "deepseek_v3", V3 + ", \"num_nextn_predict_layers\": 65");
        refuse("scoring_func is cosine", "deepseek", EXPERTS + ", \"scoring_func\": \"cosine\"");
        refuse("index_head_dim is 1", "deepseek_v32", V3 + ", \"index_head_dim\": 1");
    }

    private static void refuse(String cause, String modelType, String keys) {
        assertThatThrownBy(() -> Described.small(modelType, keys))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cause);
    }
}
