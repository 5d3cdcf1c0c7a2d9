package dev.plimsoll.formats.onnx;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import org.jspecify.annotations.Nullable;

/// The tensors of an ONNX model: initializers and the values of Constant nodes, in the graph, in the graphs within its
/// nodes, and in its functions.
///
/// Initializers keep their names; a constant without one has that of its node's output. Names that occur again in
/// inner graphs get a number behind `#`.
public final class OnnxFile {
    private final ByteSource source;
    private final String fileName;
    private final ProtoCursor proto;
    private final CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.ONNX);
    private final ExternalData external;
    private int graphs;
    private int depth;
    private int repeatedNames;
    private int texts;

    private OnnxFile(ByteSource source, String fileName, SourceFolder folder) {
        this.source = source;
        this.fileName = fileName;
        this.proto = new ProtoCursor(source);
        this.external = new ExternalData(source.name(), folder, builder);
    }

    /// Reads a model's tensors, without their values.
    ///
    /// @param fileName what the tensors name as their file
    /// @param folder where files with external data lie
    /// @throws InputException when the file is no ONNX model, or a tensor is not where or what it should be
    public static Checkpoint read(ByteSource source, String fileName, SourceFolder folder) {
        OnnxFile file = new OnnxFile(source, fileName, folder);
        file.builder.file(fileName, source.length());
        file.proto.fields(file::readModel);
        return file.build();
    }

    private Checkpoint build() {
        if (graphs == 0) {
            throw InputException.unreadable(
                    source.name() + ": holds no graph, expected an ONNX model",
                    "The file is damaged, or is no ONNX model: export or fetch it again.");
        }
        if (texts > 0) {
            builder.note(texts + " tensors of texts are left out.");
        }
        return builder.build();
    }

    private void readModel(int field) {
        switch (field) {
            case 1 -> builder.claim("ir_version", Long.toString(proto.number()));
            case 2 -> builder.claim("producer_name", proto.text());
            case 7 -> readGraph();
            case 25 -> proto.message(this::readFunction);
            default -> proto.skip();
        }
    }

    private void readFunction(int field) {
        switch (field) {
            case 7 -> readNode();
            default -> proto.skip();
        }
    }

    private void readGraph() {
        graphs++;
        depth++;
        proto.message(field -> {
            switch (field) {
                case 1 -> readNode();
                case 5 -> readInitializer();
                case 15 ->
                    throw InputException.unsupported(
                            source.name() + ": holds a sparse initializer, expected dense ones",
                            "Export the model with dense weights.");
                default -> proto.skip();
            }
        });
        depth--;
    }

    private void readInitializer() {
        OnnxTensor tensor = OnnxTensor.read(proto);
        if (tensor.name().isEmpty()) {
            throw proto.broken("initializer without a name, expected one");
        }
        add(tensor, depth == 1 ? tensor.name() : distinct(tensor.name()));
    }

    private void readNode() {
        Node node = new Node();
        proto.message(field -> {
            switch (field) {
                case 2 -> node.output = node.output.isEmpty() ? proto.text() : skipped(node.output);
                case 4 -> node.constant = proto.text().equals("Constant");
                case 5 -> readAttribute(node);
                default -> proto.skip();
            }
        });
        OnnxTensor value = node.value;
        if (node.constant && value != null) {
            add(value, distinct(value.name().isEmpty() ? node.output : value.name()));
        }
    }

    private void readAttribute(Node node) {
        proto.message(field -> {
            switch (field) {
                case 5 -> node.value = OnnxTensor.read(proto);
                case 6, 11 -> readGraph();
                default -> proto.skip();
            }
        });
    }

    /// What of a node is needed to know its constant; the fields may come in any order.
    private static final class Node {
        private String output = "";
        private boolean constant;
        private @Nullable OnnxTensor value;
    }

    private String skipped(String before) {
        proto.skip();
        return before;
    }

    private void add(OnnxTensor tensor, String name) {
        if (tensor.isText()) {
            texts++;
            return;
        }
        Bytes bytes = tensor.bytes();
        String file = tensor.isExternal() ? external.locate(tensor, bytes) : fileName;
        builder.tensor(new StoredTensor(name, tensor.type(), tensor.dimensions(), bytes, file));
    }

    /// The name, or where a tensor has it already, the name with the next free number.
    private String distinct(String name) {
        String distinct = name;
        while (builder.holds(distinct)) {
            distinct = name + "#" + ++repeatedNames;
        }
        return distinct;
    }
}
