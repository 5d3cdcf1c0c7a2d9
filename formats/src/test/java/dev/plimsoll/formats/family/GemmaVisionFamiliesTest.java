package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.TensorName;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Towers of h 8, f 12, 2 layers, 2 heads; images of 32 and patches of 8 pixels, so 4 x 4 patches. Texts of h 16.
class GemmaVisionFamiliesTest {
    private static final String TOWER = """
            "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2,
            "image_size": 32, "patch_size": 8""";
    private static final String GEMMA3 = "\"text_config\": {" + Described.SMALL + ", \"head_dim\": 4}, "
            + "\"vision_config\": {" + TOWER + "}, \"mm_tokens_per_image\": 4";
    private static final String GEMMA4_TEXT = "\"text_config\": {" + Described.SMALL
            + ", \"head_dim\": 4, \"global_head_dim\": 4, \"hidden_size_per_layer_input\": 0}";
    private static final long PATCH = 3 * 8 * 8 * 8;

    private static String gemma4(String towerKeys) {
        return GEMMA4_TEXT + ", \"vision_config\": {" + TOWER
                + ", \"num_key_value_heads\": 2, \"head_dim\": 4, \"position_embedding_size\": 7" + towerKeys + "}";
    }

    @Test
    void gemma3AveragesSiglipsPatchesAndMapsThemWithoutBias() {
        Described gemma = Described.of("gemma3", GEMMA3);
        long layer = 4 * (8 * 8 + 8) + (8 * 12 + 12) + (12 * 8 + 8) + 4 * 8;
        assertThat(gemma.part("vision").parameters()).isEqualTo(PATCH + 8 + 16 * 8 + 2 * layer + 2 * 8);
        assertThat(gemma.part("projector").parameters()).isEqualTo(8 * 16 + 8);
        assertThat(gemma.part("projector")
                        .first(Operator.TokenPooling.class, "projector.pooled")
                        .pooling())
                .as("16 patches to 4 tokens")
                .isEqualTo(new Pooling.Average(4));
        assertThat(gemma.find("projector.weight").names().huggingFace().getLast())
                .isEqualTo(new TensorName(
                        "model.multi_modal_projector.mm_input_projection_weight", TensorName.Arrangement.INPUTS_FIRST));
    }

    @Test
    void gemma3sTextIsTheTextModels() {
        assertThat(Described.of("gemma3", GEMMA3).part("text").parameters())
                .isEqualTo(Described.small("gemma3_text", "\"head_dim\": 4").parameters());
    }

    @Test
    void tokensThatAreNoSquareOfPatchesAreRefused() {
        for (String tokens : List.of("5", "25")) {
            assertThatThrownBy(() -> Described.of("gemma3", GEMMA3.replace("image\": 4", "image\": " + tokens)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("mm_tokens_per_image is " + tokens);
        }
    }

    @Test
    void gemma4sTowerNormalizesAroundItsBranchesAndItsHeads() {
        Described gemma = Described.of("gemma4", gemma4(""));
        long layer = 4 * 8 * 8 + 2 * 4 + 3 * 8 * 12 + 4 * 8;
        assertThat(gemma.part("vision").parameters()).isEqualTo(PATCH + 2 * 7 * 8 + 2 * layer);
        assertThat(gemma.part("projector").parameters()).isEqualTo(8 * 16);
        assertThat(gemma.find("embedding.positions.weight").fileDimensions()).isEqualTo(List.of(2L, 7L, 8L));
        assertThat(gemma.find("embedding.patches.weight").fileDimensions()).isEqualTo(List.of(8L, 192L));
        assertThat(gemma.part("vision").attentions())
                .allSatisfy(attention -> assertThat(attention.scores().scale()).isEqualTo(1));
    }

    @Test
    void gemma4StandardizesWhereTheConfigSaysSo() {
        assertThat(Described.of("gemma4", gemma4(", \"standardize\": true")).parameters())
                .isEqualTo(Described.of("gemma4", gemma4("")).parameters() + 2 * 8);
    }

    @Test
    void gemma4WithoutATowerIsATextAndWithEarsIsRefused() {
        assertThat(Described.of("gemma4", GEMMA4_TEXT + ", \"vision_config\": null, \"audio_config\": null")
                        .transformer()
                        .parts())
                .hasSize(1);
        assertThatThrownBy(() -> Described.of("gemma4", gemma4("") + ", \"audio_config\": {}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("audio_config is an object, expected null or absent");
    }
}
