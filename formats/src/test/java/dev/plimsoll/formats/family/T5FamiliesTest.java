package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import org.junit.jupiter.api.Test;

/// D 16, F 24, 3 encoder and 2 decoder layers, 4 heads of 8, V 100, 32 buckets of distances.
class T5FamiliesTest {
    private static final String SMALL = """
            "d_model": 16, "d_ff": 24, "num_layers": 3, "num_decoder_layers": 2, "num_heads": 4, "d_kv": 8,
            "vocab_size": 100""";
    private static final long ATTENTION = 4 * 16 * 4 * 8;
    private static final long TABLES = 2 * 32 * 4;
    private static final long FINAL_NORMS = 2 * 16;

    @Test
    void twoStacksShareTheTokenTableAndEachHasOneTableOfDistances() {
        Described t5 = Described.of("t5", SMALL);
        long feedForward = 2 * 16 * 24;
        assertThat(t5.parameters())
                .isEqualTo(100 * 16
                        + 3 * (ATTENTION + feedForward + 2 * 16)
                        + 2 * (2 * ATTENTION + feedForward + 3 * 16)
                        + TABLES
                        + FINAL_NORMS);
        assertThat(t5.tensor("encoder.relative_positions.weight"))
                .isEqualTo("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        assertThat(t5.tensor("decoder.relative_positions.weight"))
                .isEqualTo("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    }

    @Test
    void gatedNetworksAndAnUntiedHeadAreWhatTheConfigSays() {
        Described flan = Described.of("t5", SMALL + """
                , "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false""");
        long feedForward = 3 * 16 * 24;
        assertThat(flan.parameters())
                .isEqualTo(2 * 100 * 16
                        + 3 * (ATTENTION + feedForward + 2 * 16)
                        + 2 * (2 * ATTENTION + feedForward + 3 * 16)
                        + TABLES
                        + FINAL_NORMS);
        assertThat(Described.of("mt5", SMALL + ", \"feed_forward_proj\": \"gated-gelu\"")
                        .parameters())
                .as("the class of mT5 does not tie")
                .isEqualTo(flan.parameters());
    }

    @Test
    void umt5HasATableOfDistancesInEachLayer() {
        assertThat(Described.of("umt5", SMALL).parameters())
                .isEqualTo(Described.of("mt5", SMALL).parameters() - TABLES + (3 + 2) * 32 * 4);
    }

    @Test
    void theEncoderKeepsNothingAndTheDecoderItsOwnTokensAndTheEncoders() {
        Described t5 = Described.of("t5", SMALL);
        assertThat(t5.part("encoder").masks()).containsExactly("Everything[]", "Everything[]", "Everything[]");
        assertThat(t5.part("encoder").attentions())
                .allSatisfy(attention -> assertThat(attention.cached()).isEmpty());
        assertThat(t5.part("decoder").masks()).containsExactly("full", "full");
        assertThat(t5.part("decoder").operators(Operator.Attention.class, "cross_attention.core"))
                .hasSize(2)
                .allSatisfy((layer, attention) -> {
                    assertThat(attention.isCross()).isTrue();
                    assertThat(attention.cached()).hasSize(2);
                    assertThat(attention.scores().scale()).isEqualTo(1);
                });
    }

    @Test
    void aTiedTableIsScaledBeforeTheHead() {
        assertThat(Described.of("t5", SMALL).part("decoder").operators(Operator.Scale.class, "head.scaled"))
                .hasSize(1);
        assertThat(Described.of("mt5", SMALL).part("decoder").operators(Operator.Scale.class, "head.scaled"))
                .isEmpty();
    }

    @Test
    void anArchitectureThatIsTheEncoderAloneHasNoDecoder() {
        assertThat(Described.of("t5", SMALL + ", \"architectures\": [\"T5EncoderModel\"]")
                        .parameters())
                .isEqualTo(100 * 16 + 3 * (ATTENTION + 2 * 16 * 24 + 2 * 16) + 32 * 4 + 16);
    }

    @Test
    void anUnknownFeedForwardNetworkIsRefused() {
        assertThatThrownBy(() -> Described.of("t5", SMALL + ", \"feed_forward_proj\": \"gated-sine\""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("feed_forward_proj is gated-sine");
    }
}
