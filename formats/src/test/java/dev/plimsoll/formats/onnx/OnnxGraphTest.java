package dev.plimsoll.formats.onnx;

import static dev.plimsoll.formats.fixtures.OnnxWriter.FLOAT;
import static dev.plimsoll.formats.fixtures.OnnxWriter.externalTensor;
import static dev.plimsoll.formats.fixtures.OnnxWriter.model;
import static dev.plimsoll.formats.fixtures.OnnxWriter.rawTensor;
import static dev.plimsoll.formats.fixtures.OnnxWriter.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.formats.fixtures.ProtoWriter;
import dev.plimsoll.model.failure.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxGraphTest {
    @Test
    void nodesNameWhatTheyReadAndWriteInOrder() {
        OnnxGraph graph = OnnxGraph.read(source(new ProtoWriter()
                .message(1, node("MatMul", "product", "input", "weight"))
                .message(1, node("Clip", "clipped", "product", "", "most"))));

        assertThat(graph.nodes())
                .containsExactly(
                        new OnnxGraph.Node("MatMul", List.of("input", "weight"), List.of("product")),
                        new OnnxGraph.Node("Clip", List.of("product", "", "most"), List.of("clipped")));
    }

    @Test
    void valuesAreReadFromWhereTheyLie() {
        MemorySource source = source(new ProtoWriter()
                .message(5, floats("first", 1, 2))
                .message(5, rawTensor("whole", 7, 8))
                .message(5, floats("second", -0.5f, 3, 4)));
        OnnxGraph graph = OnnxGraph.read(source);

        assertThat(graph.initializers()).containsOnlyKeys("first", "whole", "second");
        assertThat(graph.floats(source, "first")).containsExactly(1, 2);
        assertThat(graph.floats(source, "second")).containsExactly(-0.5f, 3, 4);
    }

    @Test
    void onlyBytesOfTheModelsOwnFileAreValues() {
        OnnxGraph graph = OnnxGraph.read(source(new ProtoWriter()
                .message(5, tensor("listed", FLOAT, 1).f32(4, 1))
                .message(5, externalTensor("elsewhere", FLOAT, Map.of("location", "data"), 1))));

        assertThat(graph.initializers()).isEmpty();
    }

    @Test
    void valuesOfAnotherTypeAreRefusedByName() {
        MemorySource source = source(new ProtoWriter().message(5, rawTensor("whole", 7, 8)));
        OnnxGraph graph = OnnxGraph.read(source);

        assertThatThrownBy(() -> graph.floats(source, "whole"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("whole: found i64, expected an initializer of type f32");
        assertThatThrownBy(() -> graph.floats(source, "missing"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("missing: found nothing, expected an initializer of type f32");
    }

    @Test
    void fewerBytesThanTheSizesSayAreRefused() {
        assertThatThrownBy(() -> OnnxGraph.read(source(new ProtoWriter().message(5, rawTensor("w", FLOAT, 4, 2, 3)))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tensor w: found 4 bytes of values, expected 24");
    }

    @Test
    void aFileWithoutAGraphIsNoModel() {
        MemorySource empty =
                MemorySource.of("model.onnx", new ProtoWriter().number(1, 8).bytes());
        assertThatThrownBy(() -> OnnxGraph.read(empty))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds no graph");
    }

    private static MemorySource source(ProtoWriter graph) {
        return MemorySource.of("model.onnx", model(graph));
    }

    private static ProtoWriter node(String operator, String output, String... inputs) {
        ProtoWriter node = new ProtoWriter();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(4, operator);
    }

    private static ProtoWriter floats(String name, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, FLOAT, values.length).bytes(9, bytes.array());
    }
}
