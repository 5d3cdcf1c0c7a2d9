package dev.plimsoll.judges;

import dev.plimsoll.formats.onnx.OnnxGraph;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.operator.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The weights of an encoder that PyTorch exported to ONNX, by the names that they had in PyTorch.
///
/// An export renames a linear map's weight and turns it round, and leaves its bias alone: a matrix takes its name from the
/// bias that the graph adds to its product.
final class OnnxWeights {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final OnnxGraph graph;
    private final ByteSource source;
    private final Map<String, String> matrixOfWeight = new HashMap<>();

    OnnxWeights(ByteSource source) {
        this.source = source;
        this.graph = OnnxGraph.read(source);
        Map<String, String> matrixOfProduct = new HashMap<>();
        for (OnnxGraph.Node node : graph.nodes()) {
            switch (node.operator()) {
                case "MatMul" ->
                    matrixOfProduct.put(node.outputs().getFirst(), node.inputs().getLast());
                case "Add" -> {
                    String bias = node.inputs().getFirst();
                    String matrix = matrixOfProduct.get(node.inputs().getLast());
                    if (matrix != null && graph.initializers().containsKey(matrix) && bias.endsWith(BIAS)) {
                        String map = bias.substring(0, bias.length() - BIAS.length());
                        matrixOfWeight.put(map + WEIGHT, matrix);
                    }
                }
                default -> {
                    // Brings no parameter.
                }
            }
        }
    }

    /// The names that had to be found through the graph.
    Map<String, String> renamed() {
        return matrixOfWeight;
    }

    /// A parameter's values, outputs first.
    ///
    /// @param layer what `{layer}` in its names stands for
    float[] values(Parameter parameter, long layer) {
        List<String> names = parameter.names().huggingFace().stream()
                .map(name -> name.in(layer, 0))
                .toList();
        for (String name : names) {
            String matrix = matrixOfWeight.get(name);
            if (matrix != null) {
                int outputs = Math.toIntExact(parameter.fileDimensions().getFirst());
                return transposed(graph.floats(source, matrix), outputs);
            }
            if (graph.initializers().containsKey(name)) {
                return graph.floats(source, name);
            }
        }
        throw new IllegalArgumentException("the file holds none of " + names);
    }

    /// @param columns of the values as they come
    private static float[] transposed(float[] values, int columns) {
        int rows = values.length / columns;
        float[] turned = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = values[row * columns + column];
            }
        }
        return turned;
    }
}
