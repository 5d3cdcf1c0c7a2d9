package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Dimension.Fixed;
import dev.plimsoll.model.shape.Shape;
import java.util.HashMap;
import java.util.Map;

/// What became of a model's sizes: those of its fixed axes, and of whatever counts tokens.
///
/// Filled by [SizeSearch]; what has no small size yet is as long as it was.
final class SmallSizes {
    private static final long MOST_GROUPS = 4;
    private static final long MOST_SCORED_BY = 2;
    private static final long MOST_AVERAGED = 4;

    private final Map<Fixed, Long> axes = new HashMap<>();
    private final Map<Long, Long> biting = new HashMap<>();
    private final Map<Long, Long> positions = new HashMap<>();

    Map<Fixed, Long> axes() {
        return axes;
    }

    /// By the length of a window, a chunk, a block or a trained context.
    Map<Long, Long> biting() {
        return biting;
    }

    /// By the length of a table of positions, or of the longest context.
    Map<Long, Long> positions() {
        return positions;
    }

    /// The small size of an axis.
    long of(Fixed axis) {
        return axis.size() == 1 ? 1 : axes.getOrDefault(axis, axis.size());
    }

    /// The small length of a window, a chunk, a block or a trained context.
    long bite(long length) {
        return biting.getOrDefault(length, length);
    }

    /// The small length of the longest context.
    long maxPositions(long length) {
        return positions.getOrDefault(length, length);
    }

    Shape shape(Shape shape) {
        return new Shape(shape.dimensions().stream().map(this::dimension).toList());
    }

    private Dimension dimension(Dimension dimension) {
        return switch (dimension) {
            case Fixed fixed -> new Fixed(fixed.axis(), of(fixed));
            case Dimension.Open open -> open;
        };
    }

    Routing routing(Routing routing) {
        return new Routing(
                of(new Fixed(Axis.EXPERTS, routing.experts())),
                of(new Fixed(Axis.TOP_K, routing.topK())),
                routing.scoring(),
                routing.weighting(),
                groups(routing.groups()));
    }

    /// Fewer groups, of which a token still may not use all.
    static Routing.Groups groups(Routing.Groups groups) {
        long count = Math.min(groups.count(), MOST_GROUPS);
        long share = (groups.chosen() * count + groups.count() / 2) / groups.count();
        long chosen = groups.chosen() == groups.count() ? count : Math.clamp(share, 1, count - 1);
        return new Routing.Groups(count, chosen, Math.min(groups.scoredBy(), MOST_SCORED_BY));
    }

    /// As many neighbours as the small output has widths of the small input.
    Pooling pooling(Operator.TokenPooling pooling) {
        return switch (pooling.pooling()) {
            case Pooling.One one -> one;
            case Pooling.Average(long neighbours) -> new Pooling.Average(Math.min(neighbours, MOST_AVERAGED));
            case Pooling.Merge merge -> {
                Shape output = shape(pooling.output().shape());
                long width = output.trailing(output.rank() - 2).fixedElements();
                yield new Pooling.Merge(
                        width / shape(pooling.input().shape()).trailing(1).fixedElements());
            }
        };
    }

    /// How many tokens become one.
    long neighbours(Operator.TokenPooling how) {
        return switch (pooling(how)) {
            case Pooling.One one -> 1;
            case Pooling.Average(long neighbours) -> neighbours;
            case Pooling.Merge(long neighbours) -> neighbours;
        };
    }
}
