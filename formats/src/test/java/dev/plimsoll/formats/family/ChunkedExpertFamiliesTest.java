package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.TensorName;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 query and 2 key/value heads of 4, V 100; here with 8 experts.
class ChunkedExpertFamiliesTest {
    private static final String EXPERTS = "\"head_dim\": 4, \"num_local_experts\": 8, \"num_experts_per_tok\": 2";
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long ROUTER = 8 * 16;
    private static final long TWO_NORMS = 2 * 16;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    @Test
    void gptOssBiasesEveryMapAndHasASinkForEachHead() {
        long attention = ATTENTION + 16 + 8 + 8 + 16 + 4;
        long experts = ROUTER + 8 + 8 * (16 * 48 + 48) + 8 * (24 * 16 + 16);
        assertThat(Described.small("gpt_oss", EXPERTS).parameters())
                .isEqualTo(4 * (attention + experts + TWO_NORMS) + UNTIED);
    }

    @Test
    void gptOssSlidesInEveryOtherLayerUnlessTheConfigListsThem() {
        assertThat(Described.small("gpt_oss", EXPERTS).masks())
                .containsExactly("sliding 128", "full", "sliding 128", "full");
        assertThat(Described.small("gpt_oss", EXPERTS + """
                        , "sliding_window": 5,
                        "layer_types": ["full_attention", "full_attention", "full_attention", "sliding_attention"]""").masks())
                .containsExactly("full", "full", "full", "sliding 5");
    }

    @Test
    void gptOssStacksItsExpertsInputsFirst() {
        Described gptOss = Described.small("gpt_oss", EXPERTS);
        assertThat(gptOss.find("experts.gate.weight").names().huggingFace())
                .isEqualTo(gptOss.find("experts.up.weight").names().huggingFace())
                .containsExactly(new TensorName(
                        "model.layers.{layer}.mlp.experts.gate_up_proj", TensorName.Arrangement.INPUTS_FIRST));
        assertThat(gptOss.tensor("experts.down.bias")).isEqualTo("model.layers.{layer}.mlp.experts.down_proj_bias");
        assertThat(gptOss.tensor("attention.sinks.weight")).isEqualTo("model.layers.{layer}.self_attn.sinks");
        assertThat(gptOss.first(Operator.Activation.class, "experts.clamp").function())
                .isEqualTo(ActivationFunction.CLAMPED_PLUS_ONE);
    }

    @Test
    void anotherLimitOfTheClampIsRefused() {
        assertThatThrownBy(() -> Described.small("gpt_oss", EXPERTS + ", \"swiglu_limit\": 9"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("swiglu_limit is 9.0, expected 7");
    }

    @Test
    void llama4HasASharedExpertInEachMixtureAndAWiderNetworkBetweenThem() {
        String keys = EXPERTS + ", \"intermediate_size_mlp\": 40";
        long sparse = ROUTER + 8 * 3 * 16 * 24 + 3 * 16 * 24;
        assertThat(Described.small("llama4_text", keys).parameters())
                .isEqualTo(4 * (ATTENTION + sparse + TWO_NORMS) + UNTIED);
        assertThat(Described.small("llama4_text", keys + ", \"interleave_moe_layer_step\": 2")
                        .parameters())
                .isEqualTo(4 * (ATTENTION + TWO_NORMS) + 2 * sparse + 2 * 3 * 16 * 40 + UNTIED);
        assertThat(Described.small("llama4_text", keys + ", \"moe_layers\": [3]")
                        .parameters())
                .isEqualTo(4 * (ATTENTION + TWO_NORMS) + sparse + 3 * 3 * 16 * 40 + UNTIED);
    }

    @Test
    void llama4ChunksRotatesAndNormalizesInThreeOfFourLayers() {
        Described llama = Described.small("llama4_text", EXPERTS + ", \"attention_chunk_size\": 6");
        assertThat(llama.masks()).containsExactly("Chunked[size=6]", "Chunked[size=6]", "Chunked[size=6]", "full");
        assertThat(llama.rotatedLayers()).containsExactly(0L, 1L, 2L);
        assertThat(llama.operators(Operator.Normalization.class, "attention.query_normalization"))
                .containsOnlyKeys(0L, 1L, 2L)
                .allSatisfy((layer, norm) -> assertThat(norm.gain()).isEmpty());
        assertThat(Described.small("llama4_text", EXPERTS + ", \"use_qk_norm\": false")
                        .operators(Operator.Normalization.class, "attention.query_normalization"))
                .isEmpty();
        assertThat(Described.small("llama4_text", EXPERTS + ", \"no_rope_layers\": [0, 1, 1, 1]")
                        .masks())
                .containsExactly("full", "Chunked[size=8192]", "Chunked[size=8192]", "Chunked[size=8192]");
    }

    @Test
    void llama4WeighsTheInputsOfItsExperts() {
        Described llama = Described.small("llama4_text", EXPERTS);
        assertThat(llama.operators(Operator.Multiply.class, "experts.weighted")).hasSize(4);
        assertThat(llama.first(Operator.Combine.class, "experts.combine").weights())
                .isEmpty();
    }

    @Test
    void layersOfAnUnknownTypeAreRefused() {
        String types = ", \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\", \"magic\"]";
        for (String family : new String[] {"llama4_text", "gpt_oss"}) {
            assertThatThrownBy(() -> Described.small(family, EXPERTS + types))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("layer_types is magic");
        }
        assertThatThrownBy(() -> Described.small("llama4_text", EXPERTS + ", \"no_rope_layers\": [1]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no_rope_layers is a list of 1");
    }
}
