package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import org.junit.jupiter.api.Test;

class NemotronFamiliesTest {
    private static final String SEARCHED = """
            "hidden_size": 768, "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": 100,
            "intermediate_size": null, "num_key_value_heads": null, "block_configs": [""";

    @Test
    void nemotronHasNoGateAndGainsBesideOne() {
        Described model = Described.small("nemotron", "");
        assertThat(model.parameters())
                .isEqualTo(4 * (2 * 16 * 16 + 2 * 16 * 8 + 2 * 16 * 24 + 4 * 16) + 2 * 100 * 16 + 2 * 16);
        assertThat(model.find("final_normalization.weight").kind()).isEqualTo(Parameter.Kind.GAIN_BESIDE_ONE);
    }

    @Test
    void searchedBlocksAreNarrowedReplacedOrAbsentWithTheirNorms() {
        Described model = Described.of("nemotron-nas", SEARCHED + """
                {"attention": {"n_heads_in_group": 2}, "ffn": {"ffn_mult": 1.3}},
                {"attention": {"no_op": true}, "ffn": {"replace_with_linear": true}},
                {"attention": {"replace_with_linear": true}, "ffn": {"no_op": true}}]""");
        long attention = 2 * 768 * 768 + 2 * 768 * 2 * 192; // two groups of heads of 192
        long gated = 3 * 768 * 768; // 2 x 1.3 x 768 / 3 = 665.6, a multiple of 256 is 768
        long linear = 768 * 768;
        assertThat(model.parameters())
                .isEqualTo(attention + 768 + gated + 768 + linear + 768 + linear + 768 + 2 * 100 * 768 + 768);
        assertThat(model.attentions()).hasSize(1);
        assertThat(model.tensor("feed_forward.linear.weight")).isEqualTo("model.layers.{layer}.mlp.linear_mlp.weight");
    }

    @Test
    void aBlockMayHaveNothingAtAll() {
        Described model = Described.of("nemotron-nas", SEARCHED + """
                {"attention": {"no_op": true}, "ffn": {"no_op": true}},
                {"attention": {"no_op": true}, "ffn": {"no_op": true}},
                {"attention": {"no_op": true}, "ffn": {"no_op": true}}]""");
        assertThat(model.parameters()).isEqualTo(2 * 100 * 768 + 768);
    }

    @Test
    void groupsThatDoNotDivideAndWidthsOfNothingAreRefused() {
        assertThatThrownBy(() -> Described.of("nemotron-nas", SEARCHED + """
                        {"attention": {"n_heads_in_group": 3}, "ffn": {"ffn_mult": 1.3}}, {}, {}]"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("block_configs[0].attention.n_heads_in_group is 3, expected a divisor");
        assertThatThrownBy(() -> Described.of("nemotron-nas", SEARCHED + """
                        {"attention": {"no_op": true}, "ffn": {"ffn_mult": -1}}, {}, {}]"""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("block_configs[0].ffn.ffn_mult is -1.0");
    }

    @Test
    void fewerBlocksThanLayersAreRefused() {
        assertThatThrownBy(() -> Described.of("nemotron-nas", SEARCHED + "{}]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("block_configs is a list of 1, expected a block for each of the 3 layers");
    }
}
