package dev.plimsoll.formats.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.operator.TensorNames;
import org.junit.jupiter.api.Test;

class NamingTest {
    @Test
    void eachAlternativeStandsUnderEachAlternativeOfThePrefix() {
        Naming naming = Naming.of("a.{layer}|b.{layer}", "attention.query", ".q|.qkv");
        assertThat(naming.of("attention.query.bias").huggingFace())
                .extracting(TensorName::pattern)
                .containsExactly("a.{layer}.q.bias", "b.{layer}.q.bias", "a.{layer}.qkv.bias", "b.{layer}.qkv.bias");
    }

    @Test
    void aWholeNameOnTheLeftKeepsNoSuffix() {
        Naming naming = Naming.of("a.{layer}", "layer.scalar.weight", ".layer_scalar");
        assertThat(naming.of("layer.scalar.weight").huggingFace())
                .containsExactly(TensorName.of("a.{layer}.layer_scalar"));
    }

    @Test
    void aFamilyMayDepartFromTheGgufNamesOfAllOthers() {
        Naming naming = Namings.LLAMA.gguf("blk.{layer}", "attention.normalization", ".attn_norm_2");
        assertThat(naming.of("attention.normalization.weight").gguf())
                .containsExactly(TensorName.of("blk.{layer}.attn_norm_2.weight"));
        assertThat(Namings.LLAMA.of("attention.normalization.weight").gguf())
                .containsExactly(TensorName.of("blk.{layer}.attn_norm.weight"));
    }

    @Test
    void namesThatBeginAlikeAreReadUnderEachPrefixInOrder() {
        Naming naming = Naming.of("model.layers.{layer}", "attention.query", ".q|.qkv", "head", "lm_head")
                .readAs("model.", "model.language_model.", "");
        assertThat(naming.of("attention.query.weight").huggingFace())
                .extracting(TensorName::pattern)
                .containsExactly(
                        "model.language_model.layers.{layer}.q.weight",
                        "layers.{layer}.q.weight",
                        "model.language_model.layers.{layer}.qkv.weight",
                        "layers.{layer}.qkv.weight");
        assertThat(naming.of("head.weight").huggingFace()).containsExactly(TensorName.of("lm_head.weight"));
    }

    @Test
    void aMatrixMayLieWithItsInputsFirst() {
        Naming naming = Naming.of("a.{layer}", "experts.down.weight", "^.down");
        assertThat(naming.of("experts.down.weight").huggingFace())
                .containsExactly(new TensorName("a.{layer}.down", TensorName.Arrangement.INPUTS_FIRST));
    }

    @Test
    void stacksThatNoGgufFileHoldsHaveNoNameThere() {
        assertThat(Namings.LLAMA.withoutGguf().of("head.weight").gguf()).isEmpty();
    }

    @Test
    void unpublishedModelsHaveNoNames() {
        assertThat(Naming.unpublished().of("attention.query.weight")).isEqualTo(TensorNames.NONE);
    }
}
