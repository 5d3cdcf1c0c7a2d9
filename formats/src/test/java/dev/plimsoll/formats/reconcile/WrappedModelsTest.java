package dev.plimsoll.formats.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.CheckpointFiles;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.formats.fixtures.TensorList;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.reconcile.Extra.Kind;
import dev.plimsoll.model.architecture.Transformer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Published files whose names, fusions or copies differ from what a plain decoder has.
class WrappedModelsTest {
    @TempDir
    private Path folder;

    @Test
    void aTextAndATowerAreFoundEachUnderItsOwnWrapping() {
        Transformer gemma = catalogue("gemma-3-4b");
        assertComplete(reconcile(gemma, PublishedTowers.GEMMA_3_4B), 4_300_079_472L);
        // The same files as later versions of their library save them.
        String later = PublishedTowers.GEMMA_3_4B
                .replace("language_model.model.", "model.language_model.")
                .replace("vision_tower.", "model.vision_tower.")
                .replace("multi_modal_projector.", "model.multi_modal_projector.");
        assertComplete(reconcile(gemma, later), 4_300_079_472L);
    }

    @Test
    void aTowerOutsideTheWrappingAndInsideItAreTheSame() {
        Transformer qwen = catalogue("qwen2.5-vl-7b");
        assertComplete(reconcile(qwen, PublishedTowers.QWEN_2_5_VL_7B), 8_292_166_656L);
        String later = PublishedTowers.QWEN_2_5_VL_7B
                .replaceAll("(?m)^model\\.", "model.language_model.")
                .replaceAll("(?m)^visual\\.", "model.visual.");
        assertComplete(reconcile(qwen, later), 8_292_166_656L);
    }

    @Test
    void fusedProjectionsHoldTheirParts() {
        assertComplete(reconcile(catalogue("phi-3-mini"), PublishedTowers.PHI_3_MINI), 3_821_079_552L);
    }

    @Test
    void aTiedHeadStoredAgainIsACopy() {
        Reconciliation found = reconcile(catalogue("falcon-7b"), PublishedTowers.FALCON_7B);
        assertThat(found.logicalParameters()).isEqualTo(6_921_720_704L);
        assertThat(found.extras()).singleElement().satisfies(extra -> {
            assertThat(extra.kind()).isEqualTo(Kind.TIED_COPY);
            assertThat(extra.elements()).isEqualTo(65_024L * 4544);
        });
    }

    @Test
    void recurrentLayersAreFound() {
        assertComplete(reconcile(catalogue("mamba-2.8b"), PublishedTowers.MAMBA_2_8B), 2_768_345_600L);
    }

    @Test
    void aTableUnderThreeNamesCountsOnce() throws IOException {
        Reconciliation found = reconcile(config("t5-small.json"), PublishedTowers.T5_SMALL);
        assertThat(found.logicalParameters()).isEqualTo(60_506_624L);
        assertThat(found.extras()).hasSize(2).allSatisfy(extra -> {
            assertThat(extra.kind()).isEqualTo(Kind.TIED_COPY);
            assertThat(extra.elements()).isEqualTo(32_128L * 512);
        });
    }

    private static void assertComplete(Reconciliation found, long parameters) {
        assertThat(found.logicalParameters()).isEqualTo(parameters);
        assertThat(found.storedElements()).isEqualTo(parameters);
        assertThat(found.extras()).isEmpty();
    }

    private Reconciliation reconcile(Transformer described, String tensors) {
        Path file = folder.resolve("model.safetensors");
        TensorList.safetensors(tensors).write(file);
        return Reconciliation.of(described, new CheckpointFiles.Safetensors(file).read());
    }

    private static Transformer catalogue(String name) {
        return Families.describe(
                new Config(name, Catalogue.find(name).orElseThrow().config()));
    }

    private static Transformer config(String file) throws IOException {
        try (InputStream text = WrappedModelsTest.class.getResourceAsStream("/dev/plimsoll/formats/families/" + file)) {
            return Families.describe(new Config(file, ConfigFile.read(file, Objects.requireNonNull(text))));
        }
    }
}
