package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.TensorName;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Towers of h 8, 4 layers, 2 heads, patches of 2 x 8 x 8; texts of h 16, f 24, 4 layers, V 100.
class QwenVisionFamiliesTest {
    private static final long PATCH = 3 * 2 * 8 * 8 * 8;
    private static final long ATTENTION = 4 * (8 * 8 + 8);
    private static final long MAPS = 32 * 32 + 32 + 16 * 32 + 16;

    private static Described second(String textKeys) {
        return Described.small(
                "qwen2_vl",
                textKeys + "\"vision_config\": {\"embed_dim\": 8, \"depth\": 4, \"num_heads\": 2, \"patch_size\": 8}");
    }

    private static Described secondAndAHalf(String keys) {
        return Described.small("qwen2_5_vl", """
                "vision_config": {"hidden_size": 8, "intermediate_size": 12, "depth": 4, "num_heads": 2,
                "patch_size": 8, "window_size": 32, "fullatt_block_indexes": [1, 3]""" + keys + "}");
    }

    private static Described third(String modelType, String text, String keys) {
        return Described.of(modelType, "\"text_config\": {" + Described.SMALL + text + """
                }, "vision_config": {"hidden_size": 8, "intermediate_size": 12, "depth": 4, "num_heads": 2,
                "patch_size": 8, "num_position_embeddings": 9""" + keys + "}");
    }

    @Test
    void secondHasLayerNormsAndFourTimesTheWidth() {
        Described qwen = second("");
        long layer = ATTENTION + (8 * 32 + 32) + (32 * 8 + 8) + 4 * 8;
        assertThat(qwen.part("vision").parameters()).isEqualTo(PATCH + 4 * layer);
        assertThat(qwen.part("projector").parameters()).isEqualTo(2 * 8 + MAPS);
        assertThat(qwen.part("text").parameters())
                .isEqualTo(Described.small("qwen2", "").parameters());
        assertThat(qwen.find("embedding.patches.weight").fileDimensions()).isEqualTo(List.of(8L, 3L, 2L, 8L, 8L));
    }

    @Test
    void theOuterConfigMayHoldTheTextAndGovernsTiedWeights() {
        assertThat(second("\"tie_word_embeddings\": true, ").parameters())
                .isEqualTo(second("").parameters() - 100 * 16);
    }

    @Test
    void secondAndAHalfAttendsWithinWindowsInAllButTheNamedLayers() {
        Described qwen = secondAndAHalf("");
        long layer = ATTENTION + 2 * (8 * 12 + 12) + (12 * 8 + 8) + 2 * 8;
        assertThat(qwen.part("vision").parameters()).isEqualTo(PATCH + 4 * layer);
        assertThat(qwen.part("projector").parameters()).isEqualTo(8 + MAPS);
        assertThat(qwen.part("vision").masks())
                .as("windows of 32 pixels are 4 x 4 patches of 8")
                .containsExactly("Blocks[size=16]", "Everything[]", "Blocks[size=16]", "Everything[]");
    }

    @Test
    void thirdHasPositionsAndAMergerForEachLayerThatIsRead() {
        Described qwen = third("qwen3_vl", ", \"head_dim\": 4", ", \"deepstack_visual_indexes\": [0, 2]");
        long layer = ATTENTION + (8 * 12 + 12) + (12 * 8 + 8) + 4 * 8;
        assertThat(qwen.part("vision").parameters()).isEqualTo(PATCH + 8 + 9 * 8 + 4 * layer);
        assertThat(qwen.part("projector").parameters()).isEqualTo(2 * 8 + MAPS);
        Described deep = qwen.part("deep projector");
        assertThat(deep.parameters()).isEqualTo(2 * (2 * 32 + MAPS));
        assertThat(deep.tensor("projector.first.weight")).isEqualTo("visual.deepstack_merger_list.0.linear_fc1.weight");
        assertThat(deep.ggufTensor("projector.first.weight")).isEqualTo("v.deepstack.0.fc1.weight");
    }

    @Test
    void thirdReadsThreeLayersWhereItsConfigIsSilentAndTheNextOneNone() {
        assertThatThrownBy(() -> third("qwen3_vl", ", \"head_dim\": 4", ""))
                .as("layer 8 of 4")
                .isInstanceOf(InputException.class)
                .hasMessageContaining("deepstack_visual_indexes is 8");
        Described next = third("qwen3_5", """
                , "head_dim": 8, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 4,
                "linear_value_head_dim": 4""", "");
        assertThat(next.transformer().parts().stream().map(part -> part.name()))
                .startsWith("vision", "projector", "text");
    }

    @Test
    void publishedExpertsAreStackedInputsFirst() {
        Described qwen = third(
                "qwen3_vl_moe",
                ", \"head_dim\": 4, \"num_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 6",
                ", \"deepstack_visual_indexes\": []");
        TensorName stacked =
                qwen.find("experts.gate.weight").names().huggingFace().getFirst();
        assertThat(stacked)
                .isEqualTo(new TensorName(
                        "model.language_model.layers.{layer}.mlp.experts.gate_up_proj",
                        TensorName.Arrangement.INPUTS_FIRST));
        assertThat(qwen.part("text").parameters())
                .isEqualTo(Described.small("qwen3_moe", """
                                "head_dim": 4, "num_experts": 4, "num_experts_per_tok": 2,
                                "moe_intermediate_size": 6""").parameters());
    }

    @Test
    void aNestedTextFallsBackOnItsClassAndAnOuterOneIsComplete() {
        assertThat(Described.of("qwen2_5_vl", "\"text_config\": {\"num_hidden_layers\": 1}")
                        .part("text")
                        .parameters())
                .isEqualTo(2 * 152_064 * 8192L
                        + 2 * 8192 * 8192
                        + 8192
                        + 2 * (8192 * 1024 + 1024)
                        + 3L * 8192 * 29_568
                        + 3 * 8192);
        assertThatThrownBy(() -> Described.of("qwen2_5_vl", "\"num_hidden_layers\": 1"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("num_attention_heads is missing");
    }

    @Test
    void aConfigWithoutATowerIsTheTextAlone() {
        assertThat(Described.small("qwen2_vl", "\"vision_config\": null")
                        .transformer()
                        .parts())
                .hasSize(1);
    }

    @Test
    void aWindowSmallerThanAPatchIsRefused() {
        assertThatThrownBy(() ->
                        Described.small("qwen2_5_vl", "\"vision_config\": {\"hidden_size\": 32, \"window_size\": 7}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("window_size is 7, expected at least the patch size 14");
    }
}
