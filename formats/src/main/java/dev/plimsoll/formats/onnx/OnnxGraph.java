package dev.plimsoll.formats.onnx;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.Span;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The outermost graph of an ONNX model: what is computed of what.
///
/// @param nodes in execution order
/// @param initializers by name, in the file's order; those alone whose values lie as bytes in the model's own file
public record OnnxGraph(List<Node> nodes, SequencedMap<String, Initializer> initializers) {
    /// One operation.
    ///
    /// @param operator its type, for example `MatMul`
    /// @param inputs names of tensors, empty where an optional one is left out
    /// @param outputs names of tensors
    public record Node(String operator, List<String> inputs, List<String> outputs) {
        public Node {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /// A tensor of the file.
    ///
    /// @param values where they lie in the file, little-endian
    public record Initializer(DataType type, Dimensions dimensions, Span values) {}

    public OnnxGraph {
        nodes = List.copyOf(nodes);
        initializers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(initializers));
    }

    /// Reads the graph, without the values.
    ///
    /// @throws InputException when the file is no ONNX model
    public static OnnxGraph read(ByteSource source) {
        return new Reader(source).read();
    }

    /// The values of an initializer of type `f32`, outermost dimension first.
    ///
    /// @param source the model's file
    /// @throws InputException when there is no such initializer, or one of another type or of more than 2^31 - 1 bytes
    public float[] floats(ByteSource source, String name) {
        Initializer found = initializers.get(name);
        if (found == null || !found.type().equals(DataType.F32)) {
            throw InputException.unsupported(
                    source.name() + ": " + Text.printable(name) + ": found "
                            + (found == null ? "nothing" : found.type().name())
                            + ", expected an initializer of type f32",
                    "Export the model in single precision, its weights in one file.");
        }
        long bytes = found.values().end() - found.values().begin();
        if (bytes > Integer.MAX_VALUE) {
            throw InputException.unsupported(
                    source.name() + ": " + Text.printable(name) + ": found " + Numbers.grouped(bytes)
                            + " bytes, expected at most 2^31 - 1",
                    "Use a smaller model.");
        }
        FloatBuffer values = source.read(found.values().begin(), (int) bytes).asFloatBuffer();
        float[] floats = new float[values.remaining()];
        values.get(floats);
        return floats;
    }

    /// Walks the messages; graphs within nodes are passed over.
    private static final class Reader {
        private final ByteSource source;
        private final ProtoCursor proto;
        private final List<Node> nodes = new ArrayList<>();
        private final SequencedMap<String, Initializer> initializers = new LinkedHashMap<>();
        private int graphs;

        Reader(ByteSource source) {
            this.source = source;
            this.proto = new ProtoCursor(source);
        }

        OnnxGraph read() {
            proto.fields(field -> {
                switch (field) {
                    case 7 -> readGraph();
                    default -> proto.skip();
                }
            });
            if (graphs == 0) {
                throw InputException.unreadable(
                        source.name() + ": holds no graph, expected an ONNX model",
                        "The file is damaged, or is no ONNX model: export or fetch it again.");
            }
            return new OnnxGraph(nodes, initializers);
        }

        private void readGraph() {
            graphs++;
            proto.message(field -> {
                switch (field) {
                    case 1 -> readNode();
                    case 5 -> readInitializer();
                    default -> proto.skip();
                }
            });
        }

        private void readNode() {
            List<String> inputs = new ArrayList<>();
            List<String> outputs = new ArrayList<>();
            String[] operator = {""};
            proto.message(field -> {
                switch (field) {
                    case 1 -> inputs.add(proto.text());
                    case 2 -> outputs.add(proto.text());
                    case 4 -> operator[0] = proto.text();
                    default -> proto.skip();
                }
            });
            nodes.add(new Node(operator[0], inputs, outputs));
        }

        private void readInitializer() {
            OnnxTensor tensor = OnnxTensor.read(proto);
            tensor.span().ifPresent(span -> {
                tensor.bytes();
                initializers.put(tensor.name(), new Initializer(tensor.type(), tensor.dimensions(), span));
            });
        }
    }
}
