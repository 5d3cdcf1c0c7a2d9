package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.framework.FrameworkProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The shapes of a block's matrices as one device multiplies by them: matrices that read the same value, and are split
/// alike, are one (query, key and value; gate and up).
final class ProductShapes {
    /// Whose degree divides a matrix.
    private enum Owner {
        LAYER,
        EXPERT
    }

    /// Matrices that are taken together.
    private record Together(Value input, boolean isSplit) {}

    private record Product(Owner owner, Shape outputs, Shape inputs) {}

    private final Map<Together, List<Product>> groups = new LinkedHashMap<>();
    private final FrameworkProfile framework;

    ProductShapes(Block block, FrameworkProfile framework) {
        this.framework = framework;
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear) {
                add(linear.input(), new Product(Owner.LAYER, linear.outputs(), linear.inputs()));
            } else if (operator instanceof Operator.GroupedLinear grouped) {
                List<Shape> dimensions = grouped.weight().groups();
                add(grouped.input(), new Product(Owner.EXPERT, dimensions.get(1), dimensions.getLast()));
            }
        }
    }

    private void add(Value input, Product product) {
        boolean split =
                product.outputs().dimensions().stream().anyMatch(dimension -> AxisSplit.isSplit(dimension.axis()));
        groups.computeIfAbsent(new Together(input, split), key -> new ArrayList<>())
                .add(product);
    }

    /// `rows << 32 | columns`, each once.
    long[] of(LayerSplit split) {
        return groups.values().stream()
                .mapToLong(group -> shape(group, split))
                .distinct()
                .toArray();
    }

    /// How many numbers a matrix of that shape has.
    static long elements(long shape) {
        return (shape >>> Integer.SIZE) * (shape & 0xFFFF_FFFFL);
    }

    private long shape(List<Product> group, LayerSplit split) {
        long rows = 0;
        for (Product product : group) {
            rows += size(product.outputs(), degree(product, split));
        }
        Product first = group.getFirst();
        return rows << Integer.SIZE | size(first.inputs(), degree(first, split));
    }

    private static int degree(Product product, LayerSplit split) {
        return switch (product.owner()) {
            case LAYER -> split.tensor();
            case EXPERT -> split.expertTensor();
        };
    }

    private long size(Shape shape, int degree) {
        long size = 1;
        for (Dimension dimension : shape.dimensions()) {
            size = Math.multiplyExact(
                    size,
                    switch (dimension) {
                        case Dimension.Open open -> throw new IllegalStateException("a matrix has no " + open.axis());
                        case Dimension.Fixed(Axis axis, long whole) -> local(axis, whole, degree);
                    });
        }
        return size;
    }

    private long local(Axis axis, long whole, int degree) {
        if (axis == Axis.VOCABULARY) {
            return framework.paddedVocabulary(whole, degree) / degree;
        }
        return AxisSplit.isSplit(axis) ? AxisSplit.local(whole, degree) : whole;
    }
}
