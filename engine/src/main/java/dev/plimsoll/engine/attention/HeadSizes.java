package dev.plimsoll.engine.attention;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;

/// The axes of an attention core that the model fixes.
///
/// @param queryHeads `a`, a multiple of `k`
/// @param keyValueHeads `k`, each of which serves `a / k` query heads that stand together
/// @param headSize `d`, of queries and keys
/// @param valueSize `w`, of values and outputs
public record HeadSizes(int queryHeads, int keyValueHeads, int headSize, int valueSize) {
    public HeadSizes {
        if (queryHeads < 1 || keyValueHeads < 1 || headSize < 1 || valueSize < 1 || queryHeads % keyValueHeads != 0) {
            throw new IllegalArgumentException("%d query heads over %d key/value heads of %d and %d"
                    .formatted(queryHeads, keyValueHeads, headSize, valueSize));
        }
    }

    public static HeadSizes of(Operator.Attention attention) {
        return new HeadSizes(
                last(attention.query().shape(), 2),
                last(attention.key().shape(), 2),
                last(attention.query().shape(), 1),
                last(attention.value().shape(), 1));
    }

    /// Query heads that one key/value head serves.
    public int group() {
        return queryHeads / keyValueHeads;
    }

    private static int last(Shape shape, int fromEnd) {
        Dimension dimension = shape.dimensions().get(shape.rank() - fromEnd);
        return switch (dimension) {
            case Dimension.Fixed fixed -> Math.toIntExact(fixed.size());
            case Dimension.Open open -> throw new IllegalArgumentException(shape + " leaves open " + open);
        };
    }
}
