package dev.plimsoll.engine.operator;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import java.util.Arrays;
import java.util.List;

/// Where one input of a concatenation lies in the output.
///
/// A *row* of the output is what it holds at one place along the axes before the one concatenated along. The input
/// fills a stretch of every row. Along an axis that it lacks its stride is 0, so that its elements are repeated.
final class Placement {
    /// How far the input's stretch of the output reaches along each axis.
    private final int[] sizes;
    /// From one place along each axis to the next, in the input.
    private final int[] strides;
    /// The axis concatenated along.
    private final int along;

    private final int first;
    private final int rowLength;
    private final int[] offsets;

    private Placement(int[] sizes, int[] strides, int along, int first, int rowLength) {
        this.sizes = sizes;
        this.strides = strides;
        this.along = along;
        this.first = first;
        this.rowLength = rowLength;
        this.offsets = new int[product(sizes, along, sizes.length)];
        Arrays.setAll(offsets, i -> source(i, along, sizes.length));
    }

    /// @param outputSizes along each of the output's axes
    /// @param first where in a row the input's stretch begins
    static Placement of(Operator.Concatenate concatenate, Value input, List<Integer> outputSizes, int first) {
        List<Dimension> dimensions = concatenate.output().shape().dimensions();
        int[] sizes = outputSizes.stream().mapToInt(Integer::intValue).toArray();
        int[] strides = new int[sizes.length];
        int along = 0;
        int rowLength = 1;
        int stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            Axis axis = dimensions.get(i).axis();
            if (axis == concatenate.axis()) {
                along = i;
                rowLength = product(sizes, i, sizes.length);
                sizes[i] = entries(input, axis);
            }
            if (input.shape().has(axis)) {
                strides[i] = stride;
                stride *= sizes[i];
            }
        }
        return new Placement(sizes, strides, along, first, rowLength);
    }

    private static int entries(Value input, Axis along) {
        return input.shape().has(along) ? Math.toIntExact(input.shape().size(along)) : 1;
    }

    /// Rows are shared among workers in so many parts, in which no two hold the same element of the input.
    int parts() {
        int parts = 1;
        for (int i = 0; i < along && strides[i] > 0; i++) {
            parts *= sizes[i];
        }
        return parts;
    }

    int rowsOfPart() {
        return product(sizes, 0, along) / parts();
    }

    /// Elements of the stretch.
    int length() {
        return offsets.length;
    }

    /// Where a row's stretch begins in the output.
    int target(int row) {
        return row * rowLength + first;
    }

    /// The input's element that a row's stretch begins with.
    int source(int row) {
        return source(row, 0, along);
    }

    /// From there to the input's element for the stretch's `i`-th.
    int offset(int i) {
        return offsets[i];
    }

    /// Splits a number into places along the axes `from` to `to`.
    private int source(int number, int from, int to) {
        int index = 0;
        int left = number;
        for (int i = to - 1; i >= from; i--) {
            index += left % sizes[i] * strides[i];
            left /= sizes[i];
        }
        return index;
    }

    private static int product(int[] sizes, int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= sizes[i];
        }
        return product;
    }
}
