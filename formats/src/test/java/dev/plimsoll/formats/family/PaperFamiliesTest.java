package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.DistinctParameters;
import org.junit.jupiter.api.Test;

class PaperFamiliesTest {
    /// Chowdhery et al. 2022, table 1: 8.63 B.
    @Test
    void palm8bHasThePublishedSize() {
        Described model = Described.of("palm", """
                "hidden_size": 4096, "intermediate_size": 16384, "num_hidden_layers": 32, "num_attention_heads": 16,
                "head_dim": 256, "vocab_size": 256000""");
        long layer = 2L * 4096 * 4096 + 2 * 4096 * 256 + 3L * 4096 * 16384 + 4096;
        assertThat(model.parameters())
                .isEqualTo(32 * layer + 256_000L * 4096 + 4096)
                .isEqualTo(8_632_012_800L);
    }

    /// Hoffmann et al. 2022, table 4: 70 B.
    @Test
    void chinchillaProjectsRelativePositionsInEachLayer() {
        Described model = Described.of("chinchilla", """
                "hidden_size": 8192, "intermediate_size": 32768, "num_hidden_layers": 80, "num_attention_heads": 64,
                "head_dim": 128, "vocab_size": 32000, "tie_word_embeddings": true""");
        long layer = 5L * 8192 * 8192 + 2L * 8192 * 32768 + 2 * 8192;
        assertThat(model.parameters())
                .isEqualTo(80 * layer + 32_000L * 8192 + 8192)
                .isEqualTo(70_056_681_472L);
    }

    /// Rae et al. 2021: 280 B.
    @Test
    void gopherIsFourTimesChinchilla() {
        Described model = Described.of("gopher", """
                "hidden_size": 16384, "num_hidden_layers": 80, "num_attention_heads": 128, "vocab_size": 32000""");
        long layer = 5L * 16384 * 16384 + 8L * 16384 * 16384 + 2 * 16384;
        assertThat(model.parameters()).isEqualTo(80 * layer + 32_000L * 16384 + 16384);
    }

    @Test
    void noFileNamesTheirTensors() {
        assertThat(DistinctParameters.of(
                        Described.small("palm", "").transformer().parts()))
                .allSatisfy(occurrence -> {
                    assertThat(occurrence.parameter().names().huggingFace()).isEmpty();
                    assertThat(occurrence.parameter().names().gguf()).isEmpty();
                });
    }
}
