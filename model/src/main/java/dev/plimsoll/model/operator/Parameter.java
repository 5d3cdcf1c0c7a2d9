package dev.plimsoll.model.operator;

import dev.plimsoll.model.shape.Shape;
import java.util.List;

/// A trained tensor.
///
/// @param name unique within its block, or within the model where it is shared, for example `attention.query.weight`
/// @param groups the dimensions its own tensor has in a file, each the product of the named axes of a group: a query
///     projection is `[[a, d], [h]]`, stacked experts are `[[E], [f], [h]]`
/// @param names what files call it
public record Parameter(String name, List<Shape> groups, Kind kind, Sharing sharing, TensorNames names) {
    /// What a parameter does to the activations.
    public enum Kind {
        /// Multiplied with them; what weight quantisation applies to.
        MATRIX,
        /// Looked up by an index.
        TABLE,
        BIAS,
        /// Scales them element by element.
        GAIN,
        /// One plus it scales them element by element (Gemma's norms).
        GAIN_BESIDE_ONE,
        /// Slides over them.
        KERNEL,
        /// Steers a recurrence: decay, time-step bias, skip.
        RECURRENCE,
        /// Set by the training loop, not by a gradient: a router's load-balancing correction. Counted, as the files do.
        CORRECTION
    }

    /// Whether every layer has its own, or the whole model one.
    public enum Sharing {
        EACH_LAYER,
        WHOLE_MODEL
    }

    public Parameter {
        groups = List.copyOf(groups);
        for (Shape group : groups) {
            if (group.dimensions().stream()
                    .anyMatch(dimension -> dimension.axis().isOpen())) {
                throw new IllegalArgumentException(name + " cannot be as long as a workload: " + group);
            }
        }
    }

    /// All axes in order.
    public Shape shape() {
        Shape all = new Shape(List.of());
        for (Shape group : groups) {
            all = all.then(group);
        }
        return all;
    }

    /// @throws ArithmeticException past 2^63 - 1
    public long elements() {
        return shape().fixedElements();
    }

    /// The dimensions of a tensor that holds this parameter alone, outermost first.
    public List<Long> fileDimensions() {
        return groups.stream().map(Shape::fixedElements).toList();
    }
}
