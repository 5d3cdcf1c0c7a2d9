package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.ScaleFactor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Towers of h 8, f 12, 2 layers, 2 heads; images of 32 and patches of 8 pixels, so 4 x 4 patches. Texts of h 16, f 24,
/// 4 layers, 4 query and 2 key/value heads of 4, V 100.
class LlamaVisionFamiliesTest {
    private static final String TOWER = """
            "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "image_size": 32, "patch_size": 8""";
    private static final long PATCH = 3 * 8 * 8 * 8;
    private static final long FEED_FORWARD = (8 * 12 + 12) + (12 * 8 + 8);

    private static String llama4(String keys) {
        return "\"text_config\": {" + Described.SMALL
                + ", \"head_dim\": 4, \"num_local_experts\": 2}, \"vision_config\": {" + TOWER
                + ", \"num_attention_heads\": 2, \"projector_input_dim\": 6, \"projector_output_dim\": 6" + keys + "}";
    }

    private static String mllama(String textKeys, String towerKeys) {
        return "\"text_config\": {" + Described.SMALL + textKeys + "}, \"vision_config\": {" + TOWER
                + ", \"attention_heads\": 2, \"num_global_layers\": 3, \"max_num_tiles\": 4, "
                + "\"supported_aspect_ratios\": [[1, 1], [1, 2]], \"intermediate_layers_indices\": [0]" + towerKeys
                + "}";
    }

    @Test
    void llama4AdaptsMergedPatchesBeforeItsProjector() {
        Described llama = Described.of("llama4", llama4(""));
        long layer = 4 * (8 * 8 + 8) + FEED_FORWARD + 4 * 8;
        assertThat(llama.part("vision").parameters()).isEqualTo(PATCH + 8 + (16 + 1) * 8 + 2 * layer + 4 * 8);
        assertThat(llama.part("projector").parameters())
                .as("2 x 2 neighbours: 8 / 0.5^2 = 32 wide")
                .isEqualTo(32 * 6 + 6 * 6 + 6 * 16);
        assertThat(llama.part("vision").rotatedLayers()).containsExactly(0L, 1L);
        assertThat(llama.find("embedding.patches.weight").fileDimensions()).isEqualTo(List.of(8L, 192L));
    }

    @Test
    void llama4sClassTokenStandsBehindThePatches() {
        Operator.Concatenate joined =
                Described.of("llama4", llama4("")).first(Operator.Concatenate.class, "embedding.joined");
        assertThat(joined.inputs().getLast().name()).isEqualTo("embedding.class");
    }

    @Test
    void adaptersThatCannotBeBuiltAreRefused() {
        assertThatThrownBy(() -> Described.of("llama4", llama4(", \"pixel_shuffle_ratio\": 0.4")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pixel_shuffle_ratio is 0.4, expected 1, 1/2, 1/3 and so on");
        assertThatThrownBy(() -> Described.of("llama4", llama4("").replace("input_dim\": 6", "input_dim\": 5")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("projector_input_dim is 5");
    }

    @Test
    void someLayersOfLlama32LookAtTheImageInsteadOfTheText() {
        Described text = Described.of("mllama", mllama(", \"cross_attention_layers\": [1, 3]", ""))
                .part("text");
        long attention = 2 * 16 * 16 + 2 * 16 * 8;
        long layer = attention + 3 * 16 * 24 + 2 * 16;
        assertThat(text.parameters())
                .as("8 more rows of the table, norms of heads and 2 gates in the layers that look")
                .isEqualTo((100 + 8) * 16 + 100 * 16 + 16 + 2 * layer + 2 * (layer + 2 * 4 + 2));
        assertThat(text.operators(Operator.Attention.class, "attention.core")).containsOnlyKeys(0L, 2L);
        assertThat(text.operators(Operator.Attention.class, "cross_attention.core"))
                .containsOnlyKeys(1L, 3L)
                .allSatisfy((number, cross) -> assertThat(cross.isCross()).isTrue());
    }

    @Test
    void everyFifthLayerLooksWhereNoneIsListed() {
        assertThat(Described.of("mllama", mllama("", ""))
                        .part("text")
                        .operators(Operator.Attention.class, "cross_attention.core"))
                .containsOnlyKeys(3L);
        assertThatThrownBy(() -> Described.of("mllama", mllama(", \"cross_attention_layers\": [4]", "")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cross_attention_layers is 4, expected numbers below the 4 layers");
    }

    @Test
    void llama32sTowerKnowsTilesAndGatesItsGlobalLayers() {
        Described llama = Described.of("mllama", mllama("", ""));
        long layer = 4 * 8 * 8 + FEED_FORWARD + 4 * 8;
        long tiles = (2 + 1) * 4 * 8 + 1;
        long places = (16 + 1) * 8 + 1 + (2 + 1) * 4 * (16 + 1) * 8;
        assertThat(llama.part("vision").parameters()).isEqualTo(PATCH + 8 + tiles + places + 4 * 8 + 2 * layer);
        assertThat(llama.part("global vision").parameters()).isEqualTo(tiles + 3 * (layer + 2));
        assertThat(llama.part("projector").parameters())
                .as("the last layer's output beside that of one other")
                .isEqualTo(2 * 8 * 16 + 16);
        assertThat(llama.find("tile_positions.weight").fileDimensions()).isEqualTo(List.of(3L, 4L * 17 * 8));
    }

    @Test
    void aGateIsATrainedNumberThroughTanh() {
        Operator.Scale gate = Described.of("mllama", mllama("", ""))
                .part("global vision")
                .first(Operator.Scale.class, "attention.branch");
        ScaleFactor.Learned learned = (ScaleFactor.Learned) gate.factor();
        assertThat(learned.through().name()).isEqualTo("TANH");
        assertThat(learned.parameter().names().huggingFace().getFirst().pattern())
                .isEqualTo("vision_model.global_transformer.layers.{layer}.gate_attn");
    }
}
