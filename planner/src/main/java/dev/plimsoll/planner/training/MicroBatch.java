package dev.plimsoll.planner.training;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// Sequences that go through forward and backward pass together.
///
/// @param sequences how many
/// @param tokens in each of them
public record MicroBatch(long sequences, long tokens) {
    public MicroBatch {
        if (sequences < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "a micro-batch holds at least one token, not " + sequences + " sequences of " + tokens);
        }
    }

    /// Elements of a value of a text stack.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long elements(Shape shape) {
        return shape.elements(this::size);
    }

    private long size(Axis axis) {
        if (axis == Axis.BATCH) {
            return sequences;
        }
        if (axis == Axis.SEQUENCE) {
            return tokens;
        }
        throw new IllegalArgumentException("a text stack has no axis " + axis);
    }
}
