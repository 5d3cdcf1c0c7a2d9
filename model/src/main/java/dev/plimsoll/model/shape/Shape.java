package dev.plimsoll.model.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// Dimensions in order, the outermost first.
public record Shape(List<Dimension> dimensions) {
    public Shape {
        dimensions = List.copyOf(dimensions);
    }

    /// The open axes, in order: what every token-wise value begins with.
    public static Shape open(Axis... axes) {
        List<Dimension> dimensions = new ArrayList<>(axes.length);
        for (Axis axis : axes) {
            dimensions.add(new Dimension.Open(axis));
        }
        return new Shape(dimensions);
    }

    /// One axis that the model fixes.
    public static Shape of(Axis axis, long size) {
        return new Shape(List.of(new Dimension.Fixed(axis, size)));
    }

    /// Two axes that the model fixes, for example heads and head size.
    public static Shape of(Axis first, long firstSize, Axis second, long secondSize) {
        return of(first, firstSize).then(of(second, secondSize));
    }

    /// This shape with the other's dimensions behind it.
    public Shape then(Shape inner) {
        List<Dimension> all = new ArrayList<>(dimensions);
        all.addAll(inner.dimensions);
        return new Shape(all);
    }

    public int rank() {
        return dimensions.size();
    }

    /// The last `count` dimensions.
    public Shape trailing(int count) {
        return new Shape(dimensions.subList(rank() - count, rank()));
    }

    /// The first `count` dimensions.
    public Shape leading(int count) {
        return new Shape(dimensions.subList(0, count));
    }

    public boolean endsWith(Shape other) {
        return other.rank() <= rank() && trailing(other.rank()).equals(other);
    }

    public boolean startsWith(Shape other) {
        return other.rank() <= rank() && leading(other.rank()).equals(other);
    }

    /// Whether the axis is among the dimensions.
    public boolean has(Axis axis) {
        for (Dimension dimension : dimensions) {
            if (dimension.axis() == axis) {
                return true;
            }
        }
        return false;
    }

    /// How long a fixed axis is.
    ///
    /// @throws IllegalArgumentException where this shape has no such axis, or an open one
    public long size(Axis axis) {
        for (Dimension dimension : dimensions) {
            if (dimension instanceof Dimension.Fixed(Axis found, long size) && found == axis) {
                return size;
            }
        }
        throw new IllegalArgumentException(this + " fixes no " + axis);
    }

    /// The product of the axes that the model fixes.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long fixedElements() {
        return elements(axis -> 1);
    }

    /// The product of all axes.
    ///
    /// @param open how long each open axis is
    /// @throws ArithmeticException past 2^63 - 1
    public long elements(ToLongFunction<Axis> open) {
        long product = 1;
        for (Dimension dimension : dimensions) {
            product = Math.multiplyExact(
                    product,
                    switch (dimension) {
                        case Dimension.Fixed fixed -> fixed.size();
                        case Dimension.Open unsized -> unsized.size(open.applyAsLong(unsized.axis()));
                    });
        }
        return product;
    }

    @Override
    public String toString() {
        return dimensions.toString();
    }
}
