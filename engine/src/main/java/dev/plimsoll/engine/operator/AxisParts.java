package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import java.util.List;
import java.util.stream.IntStream;

/// A tensor's elements cut along one axis into parts, each with its elements one behind the other, and put together
/// again.
///
/// @param outer places along the axes before the one that is cut
/// @param inner elements at each place along it
record AxisParts(int outer, int inner) {
    /// @param sizes of a tensor of the value
    static AxisParts of(Value value, Axis axis, List<Integer> sizes) {
        int cut = position(value, axis);
        return new AxisParts(product(sizes.subList(0, cut)), product(sizes.subList(cut + 1, sizes.size())));
    }

    /// Rows of experts have two axes: those a device got, and those of all that hold parts of the same experts.
    static int position(Value value, Axis axis) {
        return IntStream.range(0, value.shape().rank())
                .filter(i -> rows(value.shape().dimensions().get(i).axis()) == rows(axis))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(value + " has no " + axis));
    }

    private static Axis rows(Axis axis) {
        return axis == Axis.GATHERED ? Axis.RECEIVED : axis;
    }

    private static int product(List<Integer> sizes) {
        return sizes.stream().reduce(1, Math::multiplyExact);
    }

    /// How long the axis is in so many elements.
    int length(int elements) {
        return inner == 0 || outer == 0 ? 0 : elements / (outer * inner);
    }

    /// The entries from `from` to before `to`.
    Payload part(Payload whole, int from, int to) {
        int length = length(whole.elements());
        int row = (to - from) * inner;
        return switch (whole) {
            case Payload.Floats(float[] values) -> {
                float[] part = new float[outer * row];
                for (int i = 0; i < outer; i++) {
                    System.arraycopy(values, (i * length + from) * inner, part, i * row, row);
                }
                yield new Payload.Floats(part);
            }
            case Payload.Integers(int[] values) -> {
                int[] part = new int[outer * row];
                for (int i = 0; i < outer; i++) {
                    System.arraycopy(values, (i * length + from) * inner, part, i * row, row);
                }
                yield new Payload.Integers(part);
            }
        };
    }

    /// All parts, one behind the other along the axis.
    Payload joined(List<Payload> parts) {
        int elements = parts.stream().mapToInt(Payload::elements).sum();
        return switch (parts.getFirst()) {
            case Payload.Floats _ -> {
                float[] whole = new float[elements];
                join(parts, whole);
                yield new Payload.Floats(whole);
            }
            case Payload.Integers _ -> {
                int[] whole = new int[elements];
                join(parts, whole);
                yield new Payload.Integers(whole);
            }
        };
    }

    /// @param whole an array of the parts' elements
    private void join(List<Payload> parts, Object whole) {
        int at = 0;
        for (int i = 0; i < outer; i++) {
            for (Payload part : parts) {
                int row = part.elements() / outer;
                System.arraycopy(array(part), i * row, whole, at, row);
                at += row;
            }
        }
    }

    private static Object array(Payload payload) {
        return switch (payload) {
            case Payload.Floats(float[] values) -> values;
            case Payload.Integers(int[] values) -> values;
        };
    }
}
