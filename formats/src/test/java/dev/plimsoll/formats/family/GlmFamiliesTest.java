package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.Rotary;
import org.junit.jupiter.api.Test;

class GlmFamiliesTest {
    private static final long WIDE = 2 * 16 * 4 * 128 + 2 * 16 * 2 * 128; // heads of 128 by the class
    private static final long BIASES = 4 * 128 + 2 * 2 * 128;
    private static final long GATED = 3 * 16 * 24;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    /// GLM-4-9B's published total.
    @Test
    void chatglmGroupsItsQueriesAndPadsItsVocabulary() {
        Described model = Described.of("chatglm", """
                "hidden_size": 4096, "ffn_hidden_size": 13696, "num_layers": 40, "num_attention_heads": 32,
                "multi_query_attention": true, "multi_query_group_num": 2, "kv_channels": 128, "add_qkv_bias": true,
                "padded_vocab_size": 151552, "vocab_size": 151329""");
        long attention = 2L * 4096 * 4096 + 2 * 4096 * 256 + 4096 + 2 * 256;
        assertThat(model.parameters())
                .isEqualTo(40 * (attention + 3L * 4096 * 13696 + 2 * 4096) + 2L * 151552 * 4096 + 4096)
                .isEqualTo(9_399_951_360L);
    }

    /// ChatGLM3-6B's published total, 6,243,584,032, less the 32 of its stored buffer of frequencies.
    @Test
    void chatglmMayGiveThePaddedVocabularyAlone() {
        Described model = Described.of("chatglm", """
                "hidden_size": 4096, "ffn_hidden_size": 13696, "num_layers": 28, "num_attention_heads": 32,
                "multi_query_attention": true, "multi_query_group_num": 2, "kv_channels": 128, "add_qkv_bias": true,
                "padded_vocab_size": 65024""");
        assertThat(model.parameters()).isEqualTo(6_243_584_000L);
    }

    @Test
    void chatglmTurnsNeighboursInHalfOfEachHeadByAStretchedBase() {
        Described model = Described.of("chatglm", """
                "hidden_size": 16, "ffn_hidden_size": 24, "num_layers": 1, "num_attention_heads": 4,
                "padded_vocab_size": 100, "vocab_size": 100, "rope_ratio": 50""");
        Rotary rotary = model.rotary(0);
        assertThat(rotary.size()).isEqualTo(2);
        assertThat(rotary.pairing()).isEqualTo(Rotary.Pairing.NEIGHBOURS);
        assertThat(rotary.base()).isEqualTo(500_000);
    }

    @Test
    void glmBiasesQueryKeyAndValueUnlessSwitchedOff() {
        assertThat(Described.small("glm", "").parameters()).isEqualTo(4 * (WIDE + BIASES + GATED + 2 * 16) + UNTIED);
        assertThat(Described.small("glm", "\"attention_bias\": false").parameters())
                .isEqualTo(4 * (WIDE + GATED + 2 * 16) + UNTIED);
    }

    @Test
    void glm4HasNormsAroundEachBranch() {
        Described model = Described.small("glm4", "");
        assertThat(model.parameters()).isEqualTo(4 * (WIDE + BIASES + GATED + 4 * 16) + UNTIED);
        assertThat(model.tensor("feed_forward.output_normalization.weight"))
                .isEqualTo("model.layers.{layer}.post_mlp_layernorm.weight");
    }
}
