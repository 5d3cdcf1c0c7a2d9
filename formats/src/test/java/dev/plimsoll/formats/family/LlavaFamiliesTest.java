package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Texts of h 16, f 24, 4 layers, 4 query and 2 key/value heads of 4, V 100; towers of h 8, f 12, 2 layers, 2 heads.
class LlavaFamiliesTest {
    private static final String TOWER = """
            "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2,
            "image_size": 32, "patch_size": 8""";
    private static final long ATTENTION = 2 * 16 * 16 + 2 * 16 * 8;
    private static final long TEXT_LAYERS = 4 * (ATTENTION + 3 * 16 * 24 + 2 * 16) + 16;
    private static final long PATCH = 3 * 8 * 8 * 8;
    private static final long CLIP =
            PATCH + 8 + (16 + 1) * 8 + 2 * (4 * (8 * 8 + 8) + (8 * 12 + 12) + (12 * 8 + 8) + 4 * 8) + 4 * 8;
    private static final long PIXTRAL = PATCH + 8 + 2 * (4 * 8 * 8 + 3 * 8 * 12 + 2 * 8);

    private static String nested(String textKeys, String towerKeys) {
        return "\"text_config\": {" + Described.SMALL + textKeys + "}, \"vision_config\": {" + TOWER + towerKeys + "}";
    }

    @Test
    void llavaMapsTwiceBetweenClipAndLlama() {
        long projector = 8 * 16 + 16 + 16 * 16 + 16;
        assertThat(Described.of("llava", nested("", "")).parameters())
                .isEqualTo(CLIP + projector + 2 * 100 * 16 + TEXT_LAYERS);
    }

    @Test
    void theOuterConfigGovernsTiedWeightsAndTheTextsOwnComesNext() {
        long untied = Described.of("llava", nested("", "")).parameters();
        assertThat(Described.of("llava", nested(", \"tie_word_embeddings\": true", ""))
                        .parameters())
                .isEqualTo(untied - 100 * 16);
        assertThat(Described.of(
                                "llava",
                                nested(", \"tie_word_embeddings\": true", "") + ", \"tie_word_embeddings\": false")
                        .parameters())
                .isEqualTo(untied);
    }

    @Test
    void aSparseConfigIsVicunaOrMistralAndClipLarge() {
        Described llava = Described.of("llava", "\"text_config\": {\"vocab_size\": 32064}");
        assertThat(llava.parameters())
                .as("LLaVA 1.5 7B, llava-hf/llava-1.5-7b-hf: total of the published checkpoint")
                .isEqualTo(7_063_427_072L);
        Described mistral = Described.of("llava", """
                "text_config": {"model_type": "mistral", "num_hidden_layers": 1}, "vision_config": {}""");
        assertThat(mistral.part("text").parameters())
                .isEqualTo(2 * 32_000 * 4096L + 2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14_336 + 3 * 4096);
    }

    @Test
    void theTowerIsWhatItsOwnTypeSays() {
        long projector = 8 * 16 + 16 + 16 * 16 + 16;
        long text = 2 * 100 * 16 + TEXT_LAYERS;
        assertThat(Described.of("llava", nested("", ", \"model_type\": \"pixtral\""))
                        .parameters())
                .isEqualTo(PIXTRAL + projector + text);
        assertThat(Described.of("llava", nested("", ", \"model_type\": \"siglip_vision_model\""))
                        .parameters())
                .isEqualTo(CLIP + 8 - 2 * 8 - 2 * 8 + projector + text);
        assertThatThrownBy(() -> Described.of("llava", nested("", ", \"model_type\": \"eagle\"")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("vision_config.model_type is eagle");
        assertThatThrownBy(() -> Described.of("llava", nested(", \"model_type\": \"bert\"", "")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("text_config.model_type is bert");
    }

    @Test
    void mistral3MergesNeighboursBeforeItsMaps() {
        long projector = 8 + 8 * 4 * 8 + 8 * 16 + 16 * 16;
        Described mistral = Described.of("mistral3", nested("", ""));
        assertThat(mistral.parameters()).isEqualTo(PIXTRAL + projector + 2 * 100 * 16 + TEXT_LAYERS);
        assertThat(mistral.find("projector.merger.weight").fileDimensions()).isEqualTo(List.of(8L, 32L));
        assertThat(mistral.part("vision").rotatedLayers()).containsExactly(0L, 1L);
        assertThat(mistral.part("vision").masks()).containsOnly("Everything[]");
    }

    @Test
    void ministral3IsATextUnlessItNestsOne() {
        String text = Described.SMALL + ", \"head_dim\": 4";
        assertThat(Described.of("ministral3", text).parameters()).isEqualTo(2 * 100 * 16 + TEXT_LAYERS);
        String whole = nested(", \"model_type\": \"ministral3\", \"head_dim\": 4", "");
        assertThat(Described.of("ministral3", whole).parameters())
                .isEqualTo(Described.of("mistral3", nested("", "")).parameters());
        assertThat(Described.of("mistral3", "\"text_config\": {" + text + "}, \"vision_config\": null")
                        .transformer()
                        .parts())
                .hasSize(1);
    }

    @Test
    void theTextStandsUnderSeveralPrefixes() {
        assertThat(Described.of("llava", nested("", "")).find("attention.query.weight").names().huggingFace().stream()
                        .map(name -> name.pattern()))
                .contains("vision_tower.vision_model.encoder.layers.{layer}.self_attn.q_proj.weight");
        assertThat(Described.of("llava", nested("", ""))
                        .part("text")
                        .find("final_normalization.weight")
                        .names()
                        .huggingFace()
                        .stream()
                        .map(name -> name.pattern()))
                .containsExactly(
                        "model.language_model.norm.weight", "language_model.model.norm.weight", "model.norm.weight");
    }
}
