package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;

class LlamaFamiliesTest {
    /// Of the small config: query and output 16 x 16, key and value 16 x 8.
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;

    private static final long GATED = 3 * 16 * 24;
    private static final long TWO_NORMS = 2 * 16;
    private static final long UNTIED = 2 * 100 * 16 + 16;

    @Test
    void llamaIsAttentionAGatedNetworkAndTwoNorms() {
        assertThat(Described.small("llama", "").parameters()).isEqualTo(4 * (ATTENTION + GATED + TWO_NORMS) + UNTIED);
    }

    @Test
    void llamaBiasesEveryMapWhereTheConfigSaysSo() {
        long biases = 16
                + 8
                + 8
                + 16 // query, key, value, output
                + 24
                + 24
                + 16; // gate, up, down
        assertThat(Described.small("llama", "\"attention_bias\": true, \"mlp_bias\": true")
                        .parameters())
                .isEqualTo(4 * (ATTENTION + GATED + TWO_NORMS + biases) + UNTIED);
    }

    @Test
    void aTiedHeadIsCountedOnce() {
        assertThat(Described.small("llama", "\"tie_word_embeddings\": true").parameters())
                .isEqualTo(4 * (ATTENTION + GATED + TWO_NORMS) + 100 * 16 + 16);
    }

    @Test
    void mistralSlidesOver4096TokensUnlessTheConfigSaysNull() {
        assertThat(Described.small("mistral", "").masks()).containsOnly("sliding 4096");
        assertThat(Described.small("mistral", "\"sliding_window\": null").masks())
                .containsOnly("full");
        assertThat(Described.small("mistral", "\"sliding_window\": 8").masks()).containsOnly("sliding 8");
    }

    @Test
    void mistralHasEightKeyValueHeadsWhereTheConfigIsSilent() {
        Described mistral = Described.of("mistral", """
                "hidden_size": 64, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 16,
                "vocab_size": 100""");
        assertThat(mistral.parameters())
                .isEqualTo(2 * 64 * 64 // query, output
                        + 2 * 64 * 8 * 4 // key, value: 8 heads of 64 / 16
                        + 3 * 64 * 24
                        + 2 * 64
                        + 2 * 100 * 64
                        + 64);
    }

    @Test
    void ministralSlidesByLayerTypes() {
        assertThat(Described.small("ministral", """
                        "sliding_window": 8, "layer_types": ["sliding_attention", "full_attention",
                        "sliding_attention", "full_attention"]""").masks()).containsExactly("sliding 8", "full", "sliding 8", "full");
    }

    @Test
    void ministral3HasHeadsOf128() {
        assertThat(Described.small("ministral3", "").parameters())
                .isEqualTo(4 * (2 * 16 * 4 * 128 + 2 * 16 * 2 * 128 + GATED + TWO_NORMS) + UNTIED);
    }

    @Test
    void yiIsLlamaUnderItsFirstNames() {
        Described yi = Described.small("Yi", "");
        assertThat(yi.parameters()).isEqualTo(Described.small("llama", "").parameters());
        assertThat(yi.tensor("attention.normalization.weight")).isEqualTo("model.layers.{layer}.ln1.weight");
    }

    @Test
    void qwen2BiasesQueryKeyAndValueOnly() {
        assertThat(Described.small("qwen2", "").parameters())
                .isEqualTo(4 * (ATTENTION + 16 + 8 + 8 + GATED + TWO_NORMS) + UNTIED);
    }

    @Test
    void qwen2SlidesOnlyWhereSwitchedOnAndOnlyInUpperLayers() {
        assertThat(Described.small("qwen2", "\"sliding_window\": 8").masks()).containsOnly("full");
        assertThat(Described.small("qwen2", """
                        "use_sliding_window": true, "sliding_window": 8, "max_window_layers": 3""").masks()).containsExactly("full", "full", "full", "sliding 8");
    }

    @Test
    void qwen3NormalizesHeadsOf128() {
        assertThat(Described.small("qwen3", "").parameters())
                .isEqualTo(4 * (2 * 16 * 4 * 128 + 2 * 16 * 2 * 128 + 2 * 128 + GATED + TWO_NORMS) + UNTIED);
    }

    @Test
    void qwen3TakesNullForWidthOverHeads() {
        assertThat(Described.small("qwen3", "\"head_dim\": null").parameters())
                .isEqualTo(4 * (ATTENTION + 2 * 4 + GATED + TWO_NORMS) + UNTIED);
    }

    @Test
    void unknownLayerTypesAreRefused() {
        assertThatThrownBy(() -> Described.small("ministral", """
                        "layer_types": ["full_attention", "full_attention", "dreaming_attention", "full_attention"]"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "layer_types is dreaming_attention, expected full_attention or sliding_attention");
    }

    @Test
    void aListShorterThanTheLayersIsRefused() {
        assertThatThrownBy(() -> Described.small("ministral", "\"layer_types\": [\"full_attention\"]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("layer_types is a list of 1, expected a type for each of the 4 layers");
    }

    @Test
    void queryHeadsThatDoNotDivideTheWidthAreRefused() {
        assertThatThrownBy(() -> Described.of("llama", """
                        "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 3,
                        "vocab_size": 100"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_attention_heads is 3, expected a divisor of the hidden size 16");
    }

    @Test
    void keyValueHeadsThatDoNotDivideTheQueryHeadsAreRefused() {
        assertThatThrownBy(() -> Described.of("llama", """
                        "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 4,
                        "num_key_value_heads": 3, "vocab_size": 100"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_key_value_heads is 3, expected a divisor of the 4 query heads");
    }
}
