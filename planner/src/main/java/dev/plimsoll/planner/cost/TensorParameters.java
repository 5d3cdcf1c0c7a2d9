package dev.plimsoll.planner.cost;

import java.util.List;

/// One trained tensor.
///
/// @param dimensions outermost first
/// @param elements of one copy
/// @param copies one a layer, or one for the model
public record TensorParameters(
        String part, String block, String name, List<Long> dimensions, long elements, long copies) {
    public TensorParameters {
        dimensions = List.copyOf(dimensions);
    }

    static TensorParameters of(ReadTensor tensor) {
        return new TensorParameters(
                tensor.run().part().name(),
                tensor.run().block().name(),
                tensor.parameter().name(),
                tensor.parameter().fileDimensions(),
                tensor.parameter().elements(),
                tensor.copies());
    }
}
