package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GemmaFamiliesTest {
    /// Four query and two key/value heads of 256, which the classes have.
    private static final long ATTENTION = 2 * 16 * 4 * 256 + 2 * 16 * 2 * 256;

    private static final long GATED = 3 * 16 * 24;
    private static final long TIED = 100 * 16 + 16;

    @Test
    void gemmaIsTiedAndHasHeadsOf256() {
        Described model = Described.small("gemma", "");
        assertThat(model.parameters()).isEqualTo(4 * (ATTENTION + GATED + 2 * 16) + TIED);
        assertThat(model.find("final_normalization.weight").kind()).isEqualTo(Parameter.Kind.GAIN_BESIDE_ONE);
    }

    @Test
    void gemmaGatesByTheTanhFormOfGeluWhateverHiddenActSays() {
        Described model = Described.small("gemma", "\"hidden_act\": \"gelu\"");
        assertThat(model.first(Operator.Activation.class, "feed_forward.activation")
                        .function())
                .isEqualTo(ActivationFunction.GELU_TANH);
    }

    @Test
    void gemma2HasFourNormsALayerAndSlidesInEvenLayers() {
        Described model = Described.small("gemma2", "\"query_pre_attn_scalar\": 64");
        assertThat(model.parameters()).isEqualTo(4 * (ATTENTION + GATED + 4 * 16) + TIED);
        assertThat(model.masks()).containsExactly("sliding 4096", "full", "sliding 4096", "full");
        assertThat(model.attentions().getFirst().scores().scale()).isEqualTo(1 / 8.0); // the root of 64
        assertThat(model.attentions().getFirst().scores().softCap()).isEqualTo(OptionalDouble.of(50));
        assertThat(model.operators(Operator.Scale.class, "head.capped")).hasSize(1);
    }

    @Test
    void gemma2CapsNothingWhereTheConfigSaysNull() {
        Described model =
                Described.small("gemma2", "\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null");
        assertThat(model.attentions().getFirst().scores().softCap()).isEmpty();
        assertThat(model.operators(Operator.Scale.class, "head.capped")).isEmpty();
    }

    @Test
    void gemma3NormalizesHeadsAndLooksFarInEverySixthLayer() {
        Described model = Described.of("gemma3_text", """
                "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 7, "num_attention_heads": 4,
                "num_key_value_heads": 2, "vocab_size": 100, "sliding_window": 512""");
        assertThat(model.parameters()).isEqualTo(7 * (ATTENTION + 2 * 256 + GATED + 4 * 16) + TIED);
        assertThat(model.masks())
                .containsExactly(
                        "sliding 512",
                        "sliding 512",
                        "sliding 512",
                        "sliding 512",
                        "sliding 512",
                        "full",
                        "sliding 512");
    }

    @Test
    void gemma3RotatesSlidingAndFullLayersByBasesOfTheirOwn() {
        Described model = Described.small("gemma3_text", "\"sliding_window_pattern\": 2");
        assertThat(model.rotary(0L).base()).isEqualTo(10_000);
        assertThat(model.rotary(1L).base()).isEqualTo(1_000_000);
    }

    /// The text of Gemma 3 4B, whose config says five sizes and leaves the rest to the class.
    @Test
    void gemma3TextTakesTheClassSizesThatAConfigLeavesOut() {
        Transformer text = GemmaFamilies.gemma3Text(Described.config("""
                        {"hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
                        "sliding_window": 1024, "model_type": "gemma3_text"}""")).transformer();
        long layer = 2L * 2560 * 8 * 256 + 2L * 2560 * 4 * 256 + 2 * 256 + 3L * 2560 * 10240 + 4 * 2560;
        assertThat(new Described(text).parameters()).isEqualTo(34 * layer + 262_208L * 2560 + 2560);
    }

    @Test
    void lookingAheadIsRefused() {
        assertThatThrownBy(() -> Described.small("gemma3_text", "\"use_bidirectional_attention\": true"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("use_bidirectional_attention");
    }
}
