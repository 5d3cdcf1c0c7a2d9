package dev.plimsoll.model.operator;

import dev.plimsoll.model.shape.Shape;

/// A tensor that one operator writes and others read.
///
/// @param name unique within its block
public record Value(String name, Shape shape, Content content) {
    /// What a value holds, by which an execution chooses its data type.
    public enum Content {
        ACTIVATION,
        /// Scores that become a probability: router weights, logits.
        SCORE,
        /// Whole numbers: token ids, positions, expert numbers.
        INDEX
    }

    public static Value activation(String name, Shape shape) {
        return new Value(name, shape, Content.ACTIVATION);
    }

    public static Value index(String name, Shape shape) {
        return new Value(name, shape, Content.INDEX);
    }

    @Override
    public String toString() {
        return name + shape;
    }
}
