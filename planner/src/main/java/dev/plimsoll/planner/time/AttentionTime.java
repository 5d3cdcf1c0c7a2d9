package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.VisiblePairs;
import java.util.List;

/// Seconds of an attention core on one device.
///
/// In tiles two products forward and five back, over the pairs that are seen (Dao 2023, section 3.1). Without tiles all
/// pairs are multiplied, and scores and probabilities are written and read.
final class AttentionTime {
    /// Products of an attention core on the way back for each on the way forward.
    static final double ATTENTION_BACKWARD = 2.5;

    /// Scores and probabilities that a core without tiles moves: scores written, softmax, dropout with its mask of one
    /// byte, and probabilities read.
    private static final double SCORE_TRAVERSALS = 6.5;

    private final DeviceSizes sizes;
    private final Conditions conditions;
    private final Pace pace;

    AttentionTime(DeviceSizes sizes, Conditions conditions) {
        this.sizes = sizes;
        this.conditions = conditions;
        pace = conditions.pace();
    }

    /// Which way a core is run.
    enum Direction {
        FORTH,
        BACK
    }

    /// FLOPs on the way forward, over the pairs that are seen.
    double flops(Operator.Attention attention) {
        Shape query = attention.query().shape();
        double widths = sizes.width(query.trailing(1))
                + sizes.width(attention.value().shape().trailing(1));
        double heads = sizes.width(query.trailing(2).leading(1));
        double share = sizes.tokens() / sizes.batch().tokens();
        return 2 * visible(attention) * share * heads * widths;
    }

    double seconds(Operator.Attention attention, Direction direction) {
        boolean back = direction == Direction.BACK;
        Shape query = attention.query().shape();
        double heads = sizes.width(query.trailing(2).leading(1));
        double keyWidth = sizes.width(query.trailing(1));
        double valueWidth = sizes.width(attention.value().shape().trailing(1));
        double sequences = (double) sizes.batch().sequences();
        double tokens = (double) sizes.batch().tokens();
        double share = sizes.tokens() / sequences / tokens;
        return switch (conditions.rules().attention()) {
            case AttentionKernel.Tiled _ -> {
                double work = flops(attention);
                double moving = bytes(attention.reads()) + bytes(attention.writes());
                double computing = back
                        ? ATTENTION_BACKWARD * work / pace.attention().backward()
                        : work / pace.attention().forward();
                yield computing
                        + (back ? 2 : 1) * moving / pace.streams().rate()
                        + pace.attention().launch();
            }
            case AttentionKernel.Materialised _ -> {
                double batches = sequences * heads;
                double rows = tokens * share;
                double products = batches
                        * (pace.product(rows, tokens, keyWidth, conditions.elementBytes())
                                + pace.product(rows, valueWidth, tokens, conditions.elementBytes())
                                - 2 * pace.host().launch());
                double moving = batches * rows * tokens * SCORE_TRAVERSALS * conditions.elementBytes();
                yield (back ? 2 : 1) * (products + moving / pace.streams().rate());
            }
        };
    }

    private double visible(Operator.Attention attention) {
        return (double) VisiblePairs.of(attention.mask(), 0, sizes.batch().tokens());
    }

    private double bytes(List<Value> values) {
        double elements = 0;
        for (Value value : values) {
            elements += sizes.elements(value.shape());
        }
        return elements * conditions.elementBytes();
    }
}
