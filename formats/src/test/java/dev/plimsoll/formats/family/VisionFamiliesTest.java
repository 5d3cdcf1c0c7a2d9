package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Towers of h 16, f 24, 4 layers, 4 heads; images of 32 and patches of 8 pixels, so 4 x 4 patches.
class VisionFamiliesTest {
    private static final String IMAGE = "\"image_size\": 32, \"patch_size\": 8";
    private static final long NORM = 2 * 16;
    private static final long LAYER = 4 * (16 * 16 + 16) + (16 * 24 + 24) + (24 * 16 + 16) + 2 * NORM;
    private static final long PATCH = 3 * 8 * 8 * 16;

    /// A text and a tower of those sizes, and the width both are mapped to.
    private static String both(String outer) {
        return "\"text_config\": {" + Described.SMALL + ", \"max_position_embeddings\": 12}, \"vision_config\": {"
                + Described.SMALL + ", " + IMAGE + "}" + outer;
    }

    @Test
    void vitPutsAClassTokenBeforeItsPatchesAndHasNoPooler() {
        Described vit = Described.small("vit", IMAGE);
        assertThat(vit.parameters()).isEqualTo(PATCH + 16 + 16 + (16 + 1) * 16 + 4 * LAYER + NORM);
        assertThat(vit.masks()).containsOnly("Everything[]");
        assertThat(vit.find("embedding.patches.weight").fileDimensions()).isEqualTo(List.of(16L, 3L, 8L, 8L));
        assertThat(vit.find("embedding.class.weight").fileDimensions()).isEqualTo(List.of(1L, 1L, 16L));
    }

    @Test
    void aClassifierIsThereWhereTheArchitectureNamesOne() {
        Described classifier = Described.small("vit", IMAGE + """
                , "architectures": ["ViTForImageClassification"], "id2label": {"0": "cat", "1": "dog", "2": "owl"}""");
        assertThat(classifier.parameters())
                .isEqualTo(Described.small("vit", IMAGE).parameters() + 3 * (16 + 1));
    }

    @Test
    void clipMapsTwoTowersToOneWidthAndScalesTheirProduct() {
        Described clip = Described.of("clip", both(", \"projection_dim\": 6"));
        long text = (100 + 12) * 16 + 4 * LAYER + NORM + 6 * 16;
        long vision = PATCH + 16 + (16 + 1) * 16 + 4 * LAYER + 2 * NORM + 6 * 16;
        assertThat(clip.parameters()).isEqualTo(text + vision + 1);
        assertThat(clip.part("text").masks()).as("CLIP's text looks back only").containsOnly("full");
        assertThat(clip.part("text").attentions())
                .allSatisfy(attention -> assertThat(attention.cached()).isEmpty());
        assertThat(clip.find("similarity.scale.weight").fileDimensions()).isEmpty();
    }

    @Test
    void siglipPoolsPatchesByAttentionOfOneTrainedQuery() {
        Described siglip = Described.of("siglip", both(""));
        long text = (100 + 12) * 16 + 4 * LAYER + NORM + 16 * 16 + 16;
        long vision = PATCH + 16 + 16 * 16 + 4 * LAYER + NORM;
        long pooler = 16 + 4 * (16 * 16 + 16) + NORM + (16 * 24 + 24) + (24 * 16 + 16);
        assertThat(siglip.parameters()).isEqualTo(text + vision + pooler + 2);
        assertThat(siglip.part("text").masks()).containsOnly("Everything[]");
        assertThat(siglip.tensor("cross_attention.query.weight"))
                .isEqualTo(siglip.tensor("cross_attention.value.weight"))
                .isEqualTo("vision_model.head.attention.in_proj_weight");
    }

    @Test
    void siglipWithoutItsPoolerIsWhatOtherModelsSeeWith() {
        Described headless = Described.of("siglip", """
                "text_config": {}, "vision_config": {"vision_use_head": false}""");
        assertThat(headless.transformer().parts().stream().map(part -> part.name()))
                .containsExactly("text", "vision", "similarity");
    }

    @Test
    void sparseTowersFallBackOnTheirClass() {
        long layer = 4 * (768 * 768 + 768) + (768 * 3072 + 3072) + (3072 * 768 + 768) + 4 * 768;
        assertThat(Described.of("clip", "\"projection_dim\": 512")
                        .part("vision")
                        .parameters())
                .isEqualTo(3 * 32 * 32 * 768 + 768 + (7 * 7 + 1) * 768 + 12 * layer + 4 * 768);
    }

    @Test
    void aPatchLargerThanTheImageIsRefused() {
        assertThatThrownBy(() -> Described.small("vit", "\"image_size\": 8, \"patch_size\": 16"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("patch_size is 16, expected at most the image size 8");
    }
}
