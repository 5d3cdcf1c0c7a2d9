package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Rotary;
import org.junit.jupiter.api.Test;

class ParallelFamiliesTest {
    private static final String GPT = "\"n_embd\": 16, \"n_layer\": 4, \"n_head\": 4, \"vocab_size\": 100";
    private static final String FALCON =
            "\"hidden_size\": 16, \"num_hidden_layers\": 4, \"num_attention_heads\": 4, \"vocab_size\": 100";
    private static final long MULTI_HEAD = 4 * 16 * 16;
    private static final long GROUPED = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long FEED_FORWARD = 2 * 16 * 64;
    private static final long FEED_FORWARD_BIASES = 64 + 16;
    private static final long NORM = 2 * 16;
    private static final long GATED = 3 * 16 * 24;
    private static final long TABLE = 100 * 16;

    @Test
    void gptjHasOneNormALayerAndABiasedHead() {
        Described model = Described.of("gptj", GPT + ", \"rotary_dim\": 2");
        assertThat(model.parameters())
                .isEqualTo(4 * (MULTI_HEAD + FEED_FORWARD + FEED_FORWARD_BIASES + NORM) + 2 * TABLE + 100 + NORM);
        Rotary rotary = model.rotary(0);
        assertThat(rotary.size()).isEqualTo(2);
        assertThat(rotary.pairing()).isEqualTo(Rotary.Pairing.NEIGHBOURS);
    }

    @Test
    void moreRotatedElementsThanAHeadHasIsRefused() {
        assertThatThrownBy(() -> Described.of("gptj", GPT + ", \"rotary_dim\": 6"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("rotary_dim is 6, expected at most the head size 4");
    }

    /// Pythia-70M's published total.
    @Test
    void gptNeoxHasANormForEachBranch() {
        Described model = Described.of("gpt_neox", """
                "hidden_size": 512, "intermediate_size": 2048, "num_hidden_layers": 6, "num_attention_heads": 8,
                "vocab_size": 50304, "rotary_pct": 0.25""");
        long layer = 4 * 512 * 512 + 4 * 512 + 2 * 512 * 2048 + 2048 + 512 + 4 * 512;
        assertThat(model.parameters())
                .isEqualTo(6 * layer + 2 * 50304 * 512 + 2 * 512)
                .isEqualTo(70_426_624L);
        assertThat(model.rotary(0).size()).isEqualTo(16); // a quarter of 64
    }

    @Test
    void phiIsTheSameUnderBothOfItsTypes() {
        long layer = MULTI_HEAD + 4 * 16 + FEED_FORWARD + FEED_FORWARD_BIASES + NORM;
        Described first = Described.of("phi-msft", GPT + ", \"rotary_dim\": 2, \"n_inner\": null");
        Described today = Described.of("phi", FALCON + ", \"intermediate_size\": 64");
        assertThat(first.parameters()).isEqualTo(4 * layer + 2 * TABLE + 100 + NORM);
        assertThat(today.parameters()).isEqualTo(first.parameters());
        assertThat(first.tensor("attention.query.weight")).isEqualTo("transformer.h.{layer}.mixer.Wqkv.weight");
        assertThat(today.tensor("attention.query.weight")).isEqualTo("model.layers.{layer}.self_attn.q_proj.weight");
    }

    @Test
    void falconIgnoresItsKeyValueHeadsOutsideTheNewArchitecture() {
        long multiQuery = 2 * 16 * 16 + 2 * 16 * 4;
        Described model = Described.of("falcon", FALCON + ", \"num_kv_heads\": 4");
        assertThat(model.parameters()).isEqualTo(4 * (multiQuery + FEED_FORWARD + NORM) + TABLE + NORM);
        assertThat(Described.of("RefinedWebModel", FALCON + ", \"n_head_kv\": 4")
                        .parameters())
                .isEqualTo(model.parameters());
    }

    @Test
    void theNewArchitectureHasGroupsAndANormForEachBranchUnlessOneIsEnough() {
        String keys = FALCON + ", \"new_decoder_architecture\": true, \"num_kv_heads\": 2";
        assertThat(Described.of("falcon", keys).parameters())
                .isEqualTo(4 * (GROUPED + FEED_FORWARD + 2 * NORM) + TABLE + NORM);
        assertThat(Described.of("falcon", keys + ", \"num_ln_in_parallel_attn\": 1")
                        .parameters())
                .isEqualTo(4 * (GROUPED + FEED_FORWARD + NORM) + TABLE + NORM);
        assertThat(Described.of("RefinedWeb", FALCON + ", \"n_head_kv\": 2").parameters())
                .isEqualTo(Described.of("falcon", keys).parameters());
    }

    @Test
    void falconsTwoNormsBearEachOthersNumbersInGguf() {
        Described model = Described.of("falcon", FALCON + ", \"new_decoder_architecture\": true, \"num_kv_heads\": 2");
        assertThat(model.tensor("feed_forward.normalization.weight")).isEqualTo("transformer.h.{layer}.ln_mlp.weight");
        assertThat(model.ggufTensor("feed_forward.normalization.weight")).isEqualTo("blk.{layer}.attn_norm.weight");
        assertThat(model.ggufTensor("attention.normalization.weight")).isEqualTo("blk.{layer}.attn_norm_2.weight");
    }

    @Test
    void falconMayBeSerialBiasedAndWithoutRotation() {
        Described model = Described.of("falcon", FALCON + """
                , "parallel_attn": false, "alibi": true, "bias": true, "multi_query": false""");
        assertThat(model.parameters())
                .isEqualTo(4 * (MULTI_HEAD + 4 * 16 + FEED_FORWARD + FEED_FORWARD_BIASES + 2 * NORM) + TABLE + NORM);
        assertThat(model.rotatedLayers()).isEmpty();
        assertThat(model.attentions().getFirst().scores().positions()).isEqualTo(new PositionBias.LinearBias());
    }

    @Test
    void stablelmHasLayerNormsAndBiasesWhereTheConfigSaysSo() {
        assertThat(Described.small("stablelm", "\"use_qkv_bias\": true, \"partial_rotary_factor\": 0.5")
                        .parameters())
                .isEqualTo(4 * (GROUPED + 16 + 2 * 8 + GATED + 2 * NORM) + 2 * TABLE + NORM);
    }

    @Test
    void aPartOfAHeadTooSmallToTurnIsRefused() {
        assertThatThrownBy(() -> Described.small("stablelm", "")) // a quarter of 4
                .isInstanceOf(InputException.class)
                .hasMessageContaining("head_dim is 4, expected a size of which at least 2 elements can turn");
    }

    @Test
    void parallelStablelmHasOneNormAndAGainForEachHead() {
        Described model = Described.small(
                "stablelm", "\"use_parallel_residual\": true, \"qk_layernorm\": true, \"partial_rotary_factor\": 0.5");
        assertThat(model.parameters()).isEqualTo(4 * (GROUPED + 4 * 4 + 2 * 4 + GATED + NORM) + 2 * TABLE + NORM);
        assertThat(model.find("attention.query_normalization.weight").fileDimensions())
                .containsExactly(4L, 4L);
    }

    @Test
    void cohereHasOneGainALayerAndScaledLogitsOfATiedHead() {
        Described model = Described.small("cohere", "");
        assertThat(model.parameters()).isEqualTo(4 * (GROUPED + GATED + 16) + TABLE + 16);
        assertThat(model.operators(Operator.Scale.class, "head.scaled")).hasSize(1);
        assertThat(Described.small("cohere", "\"use_qk_norm\": true").parameters())
                .isEqualTo(model.parameters() + 4 * (4 * 4 + 2 * 4));
    }

    @Test
    void cohere2RotatesOnlyWhereItSlides() {
        Described model = Described.small("cohere2", "");
        assertThat(model.parameters()).isEqualTo(4 * (GROUPED + GATED + 16) + TABLE + 16);
        assertThat(model.masks()).containsExactly("sliding 4096", "sliding 4096", "sliding 4096", "full");
        assertThat(model.rotatedLayers()).containsExactly(0L, 1L, 2L);
    }
}
