package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.ScaleFactor;
import org.junit.jupiter.api.Test;

class LlamaLikeFamiliesTest {
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long GATED = 3 * 16 * 24;
    private static final long TWO_NORMS = 2 * 16;
    private static final long LLAMA = 4 * (ATTENTION + GATED + TWO_NORMS) + 2 * 100 * 16 + 16;

    @Test
    void internlmAndPanguBiasAllFourProjectionsWhereTheConfigSaysSo() {
        long biases = 16 + 8 + 8 + 16;
        assertThat(Described.small("internlm", "\"bias\": true").parameters()).isEqualTo(LLAMA + 4 * biases);
        assertThat(Described.small("PanguEmbedded", "\"bias\": true").parameters())
                .isEqualTo(LLAMA + 4 * biases);
        assertThat(Described.small("internlm", "").parameters()).isEqualTo(LLAMA);
    }

    @Test
    void internlm2KeepsQueryKeyAndValueInOneTensor() {
        Described model = Described.small("internlm2", "");
        assertThat(model.parameters()).isEqualTo(LLAMA);
        assertThat(model.tensor("attention.query.weight"))
                .isEqualTo(model.tensor("attention.value.weight"))
                .isEqualTo("model.layers.{layer}.attention.wqkv.weight");
    }

    /// Baichuan-7B's published total.
    @Test
    void baichuan7bRotatesAndHasThePublishedSize() {
        Described model = Described.of("baichuan", """
                "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
                "vocab_size": 64000""");
        assertThat(model.parameters())
                .isEqualTo(32L * (4 * 4096 * 4096 + 3 * 4096 * 11008 + 2 * 4096) + 2 * 64000 * 4096 + 4096)
                .isEqualTo(7_000_559_616L);
        assertThat(model.rotatedLayers()).hasSize(32);
    }

    @Test
    void largerBaichuanBiasesScoresByDistanceInPlaceOfRotating() {
        Described model = Described.small("baichuan", "");
        assertThat(model.rotatedLayers()).isEmpty();
        assertThat(model.attentions())
                .allSatisfy(attention ->
                        assertThat(attention.scores().positions()).isEqualTo(new PositionBias.LinearBias()));
    }

    @Test
    void orionHasLayerNormsWithBiases() {
        assertThat(Described.small("orion", "").parameters())
                .isEqualTo(LLAMA + 4 * 2 * 16 + 16); // a bias for each gain, the final norm's too
    }

    @Test
    void phi3FusesItsProjectionsAndSlidesWhereTheConfigHasAWindow() {
        Described model = Described.small("phi3", "\"sliding_window\": 2047");
        assertThat(model.parameters()).isEqualTo(LLAMA);
        assertThat(model.masks()).containsOnly("sliding 2047");
        assertThat(model.tensor("feed_forward.up.weight")).isEqualTo("model.layers.{layer}.mlp.gate_up_proj.weight");
        assertThat(Described.small("phi3", "\"sliding_window\": null").masks()).containsOnly("full");
    }

    /// Qwen-72B's published total: heads of `kv_channels`, half of `intermediate_size`.
    @Test
    void qwenHalvesTheFeedForwardWidthThatItsConfigSays() {
        Described model = Described.of("qwen", """
                "hidden_size": 8192, "intermediate_size": 49152, "num_hidden_layers": 80, "num_attention_heads": 64,
                "kv_channels": 128, "vocab_size": 152064""");
        assertThat(model.parameters())
                .isEqualTo(
                        80L * (4L * 8192 * 8192 + 3 * 8192 + 3L * 8192 * 24576 + 2 * 8192) + 2L * 152064 * 8192 + 8192)
                .isEqualTo(72_287_920_128L);
    }

    @Test
    void seedOssBiasesQueryKeyAndValueUnlessSwitchedOff() {
        long wide = 2 * 16 * 4 * 128 + 2 * 16 * 2 * 128; // heads of 128 by the class
        long rest = GATED + TWO_NORMS;
        long outside = 2 * 100 * 16 + 16;
        assertThat(Described.small("seed_oss", "").parameters())
                .isEqualTo(4 * (wide + 4 * 128 + 2 * 2 * 128 + rest) + outside);
        assertThat(Described.small("seed_oss", "\"attention_bias\": false, \"attention_out_bias\": true")
                        .parameters())
                .isEqualTo(4 * (wide + 16 + rest) + outside);
    }

    @Test
    void smollm3IsTiedAndDoesNotRotateEveryFourthLayer() {
        Described model = Described.small("smollm3", "");
        assertThat(model.parameters()).isEqualTo(LLAMA - 100 * 16);
        assertThat(model.rotatedLayers()).containsExactly(0L, 1L, 2L);
        assertThat(model.masks()).containsOnly("full");
        assertThat(Described.small("smollm3", "\"no_rope_layers\": [0, 1, 1, 0]")
                        .rotatedLayers())
                .containsExactly(1L, 2L);
    }

    @Test
    void smollm3RefusesAListShorterThanItsLayers() {
        assertThatThrownBy(() -> Described.small("smollm3", "\"no_rope_layers\": [1, 0]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no_rope_layers is a list of 2");
    }

    /// MiMo-7B: 7,833,409,536 in its files, of which 210,790,400 predict the token after the next.
    @Test
    void mimosFurtherLayerStandsBesideTheLogicalCount() {
        Described model = Described.of("mimo", """
                "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 36, "num_attention_heads": 32,
                "num_key_value_heads": 8, "vocab_size": 151680, "num_nextn_predict_layers": 1""");
        long layer = 2L * 4096 * 4096 + 2 * 4096 * 1024 + 4096 + 2 * 1024 + 3L * 4096 * 11008 + 2 * 4096;
        assertThat(model.parameters()).isEqualTo(36 * layer + 2L * 151680 * 4096 + 4096);
        assertThat(model.furtherParameters())
                .isEqualTo(layer + 4096 * 2 * 4096 + 3 * 4096)
                .isEqualTo(210_790_400L);
        assertThat(model.tensor("prediction.map.weight")).isEqualTo("model.mtp_layers.0.input_proj.weight");
    }

    @Test
    void mimoRefusesAnAbsurdNumberOfFurtherLayers() {
        assertThatThrownBy(() -> Described.small("mimo", "\"num_nextn_predict_layers\": 1000000"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_nextn_predict_layers is 1000000, expected at most 64 layers");
    }

    @Test
    void granitesFourConstantsStandInTheProgram() {
        Described model = Described.small("granite", """
                "embedding_multiplier": 12, "attention_multiplier": 0.5, "residual_multiplier": 0.25,
                "logits_scaling": 8""");
        assertThat(model.parameters()).isEqualTo(LLAMA);
        assertThat(factor(model, "embedding.scaled")).isEqualTo(12);
        assertThat(model.attentions().getFirst().scores().scale()).isEqualTo(0.5);
        assertThat(factor(model, "feed_forward.branch")).isEqualTo(0.25);
        assertThat(factor(model, "head.scaled")).isEqualTo(1 / 8.0);
    }

    @Test
    void minicpmIsTiedAndScalesBranchesByTheRootOfItsLayers() {
        Described model = Described.small("minicpm", "\"scale_emb\": 12, \"scale_depth\": 1.4, \"dim_model_base\": 4");
        assertThat(model.parameters()).isEqualTo(LLAMA - 100 * 16);
        assertThat(factor(model, "attention.branch")).isEqualTo(1.4 / 2); // the root of 4 layers
        assertThat(factor(model, "head.scaled")).isEqualTo(4 / 16.0);
    }

    @Test
    void minicpm3ExpandsKeysAndValuesFromALatent() {
        Described model = Described.small("minicpm3", """
                "q_lora_rank": 6, "kv_lora_rank": 5, "qk_nope_head_dim": 3, "qk_rope_head_dim": 2, "v_head_dim": 4""");
        long attention = 16 * 6
                + 6
                + 6 * 4 * (3 + 2) // query through its latent
                + 16 * (5 + 2)
                + 5 // the key/value latent, the rotated key
                + 5 * 4 * (3 + 4) // keys and values
                + 4 * 4 * 16; // output
        assertThat(model.parameters()).isEqualTo(4 * (attention + GATED + TWO_NORMS) + 100 * 16 + 16);
    }

    private static double factor(Described model, String operator) {
        return model.first(Operator.Scale.class, operator).factor() instanceof ScaleFactor.Constant constant
                ? constant.value()
                : Double.NaN;
    }
}
