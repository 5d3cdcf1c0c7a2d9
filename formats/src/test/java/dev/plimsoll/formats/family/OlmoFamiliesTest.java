package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.RotaryScaling;
import org.junit.jupiter.api.Test;

class OlmoFamiliesTest {
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long GATED = 3 * 16 * 24;
    private static final long UNTIED = 2 * 100 * 16;

    @Test
    void olmoTrainsNothingInItsNorms() {
        assertThat(Described.small("olmo", "").parameters()).isEqualTo(4 * (ATTENTION + GATED) + UNTIED);
    }

    @Test
    void olmo2NormalizesAllHeadsTogetherAndBehindEachBranch() {
        Described model = Described.small("olmo2", "");
        assertThat(model.parameters()).isEqualTo(4 * (ATTENTION + 16 + 8 + GATED + 2 * 16) + UNTIED + 16);
        assertThat(model.tensor("attention.output_normalization.weight"))
                .isEqualTo("model.layers.{layer}.post_attention_layernorm.weight");
    }

    @Test
    void olmo3SlidesInThreeOfFourLayersAndStretchesOnlyTheFourth() {
        Described model = Described.small("olmo3", """
                "rope_scaling": {"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 8192}""");
        assertThat(model.parameters()).isEqualTo(Described.small("olmo2", "").parameters());
        assertThat(model.masks()).containsExactly("sliding 4096", "sliding 4096", "sliding 4096", "full");
        assertThat(model.rotary(0L).scaling()).isEqualTo(new RotaryScaling.None());
        assertThat(model.rotary(3L).scaling()).isEqualTo(new RotaryScaling.Yarn(8, 8192));
    }

    @Test
    void exaoneIsATiedLlamaUnderOtherNames() {
        Described model = Described.small("exaone", "");
        assertThat(model.parameters()).isEqualTo(4 * (ATTENTION + GATED + 2 * 16) + 100 * 16 + 16);
        assertThat(model.tensor("feed_forward.gate.weight")).isEqualTo("transformer.h.{layer}.mlp.c_fc_0.weight");
    }

    @Test
    void exaone4FollowsItsPatternButItsLastLayerIsFull() {
        Described model = Described.of("exaone4", """
                "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 6, "num_attention_heads": 4,
                "num_key_value_heads": 2, "vocab_size": 100, "sliding_window": 64, "sliding_window_pattern": "LLLG\"""");
        assertThat(model.parameters()).isEqualTo(6 * (ATTENTION + 2 * 4 + GATED + 2 * 16) + UNTIED + 16);
        assertThat(model.masks())
                .containsExactly("sliding 64", "sliding 64", "sliding 64", "full", "sliding 64", "full");
        assertThat(model.rotatedLayers()).containsExactly(0L, 1L, 2L, 4L);
    }

    @Test
    void exaone4WithoutAWindowIsFullAndRotatesEverywhere() {
        Described model = Described.small("exaone4", "\"sliding_window\": null");
        assertThat(model.masks()).containsOnly("full");
        assertThat(model.rotatedLayers()).hasSize(4);
    }

    @Test
    void exaone4RefusesAPatternOfOtherLetters() {
        assertThatThrownBy(() -> Described.small("exaone4", "\"sliding_window_pattern\": \"LXG\""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("sliding_window_pattern is 'LXG', expected letters L and G");
    }

    @Test
    void apertusHasNoGateAndTwoTrainedNumbersInItsActivation() {
        Described model = Described.small("apertus", "");
        assertThat(model.parameters()).isEqualTo(4 * (ATTENTION + 2 * 4 + 2 * 16 * 24 + 2 + 2 * 16) + UNTIED + 16);
        assertThat(model.tensor("feed_forward.activation.alpha_p"))
                .isEqualTo("model.layers.{layer}.mlp.act_fn.alpha_p");
    }
}
