package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.VisiblePairs;

/// The multiply-adds of one operator, run forward or for its gradients.
///
/// - Linear map: outputs times inputs for each token; as much again for the input's gradient, and for the weight's.
/// - Attention: for each head and pair, a key's width `d` for the score and a value's width `w` for the sum. Gradients:
///   `w` for the value's; and, where query, key or sinks want one, `w` for the probabilities', `d` for the query's and
///   `d` for the key's, and in tiles `d` once more for the scores.
final class OperatorWork {
    private final MicroBatch batch;
    private final AttentionKernel kernel;

    OperatorWork(MicroBatch batch, AttentionKernel kernel) {
        this.batch = batch;
        this.kernel = kernel;
    }

    MultiplyAdds forward(Operator operator) {
        return switch (operator) {
            case Operator.Linear linear -> MultiplyAdds.of(product(linear));
            case Operator.GroupedLinear grouped -> MultiplyAdds.of(product(grouped));
            case Operator.Router router -> MultiplyAdds.of(product(router));
            case Operator.Attention attention -> pairs(attention).times(keyWidth(attention) + valueWidth(attention));
            case Operator.Embedding embedding -> MultiplyAdds.NONE;
            case Operator.Normalization normalization -> MultiplyAdds.NONE;
            case Operator.RotaryEmbedding rotary -> MultiplyAdds.NONE;
            case Operator.Activation activation -> MultiplyAdds.NONE;
            case Operator.Multiply multiply -> MultiplyAdds.NONE;
            case Operator.Add add -> MultiplyAdds.NONE;
            case Operator.Scale scale -> MultiplyAdds.NONE;
            case Operator.Dispatch dispatch -> MultiplyAdds.NONE;
            case Operator.Combine combine -> MultiplyAdds.NONE;
            case Operator.Concatenate concatenate -> MultiplyAdds.NONE;
            case Operator.Dropout dropout -> MultiplyAdds.NONE;
            case Operator.CrossEntropy loss -> MultiplyAdds.NONE;
            case Operator.AddBias bias -> MultiplyAdds.NONE;
            case Collective collective -> collective(collective);
            case Operator.TokenSelection selection -> throw notTrained(selection);
            case Operator.Convolution convolution -> throw notTrained(convolution);
            case Operator.StateSpaceScan scan -> throw notTrained(scan);
            case Operator.DeltaRule rule -> throw notTrained(rule);
            case Operator.TokenPooling pooling -> throw notTrained(pooling);
        };
    }

    MultiplyAdds gradient(BackwardStep.Gradient step) {
        return switch (step.operator()) {
            case Operator.Linear linear ->
                MultiplyAdds.of(product(linear))
                        .times(step.inputs().size() + (step.parameters().contains(linear.weight()) ? 1 : 0));
            case Operator.GroupedLinear grouped ->
                MultiplyAdds.of(product(grouped))
                        .times(step.inputs().size() + (step.parameters().contains(grouped.weight()) ? 1 : 0));
            case Operator.Router router ->
                MultiplyAdds.of(product(router))
                        .times(step.inputs().size() + (step.parameters().contains(router.weight()) ? 1 : 0));
            case Operator.Attention attention -> pairs(attention).times(gradientWidth(attention, step));
            case Operator.Embedding embedding -> MultiplyAdds.NONE;
            case Operator.Normalization normalization -> MultiplyAdds.NONE;
            case Operator.RotaryEmbedding rotary -> MultiplyAdds.NONE;
            case Operator.Activation activation -> MultiplyAdds.NONE;
            case Operator.Multiply multiply -> MultiplyAdds.NONE;
            case Operator.Add add -> MultiplyAdds.NONE;
            case Operator.Scale scale -> MultiplyAdds.NONE;
            case Operator.Dispatch dispatch -> MultiplyAdds.NONE;
            case Operator.Combine combine -> MultiplyAdds.NONE;
            case Operator.Concatenate concatenate -> MultiplyAdds.NONE;
            case Operator.Dropout dropout -> MultiplyAdds.NONE;
            case Operator.CrossEntropy loss -> MultiplyAdds.NONE;
            case Operator.AddBias bias -> MultiplyAdds.NONE;
            case Collective collective -> collective(collective);
            case Operator.TokenSelection selection -> throw notTrained(selection);
            case Operator.Convolution convolution -> throw notTrained(convolution);
            case Operator.StateSpaceScan scan -> throw notTrained(scan);
            case Operator.DeltaRule rule -> throw notTrained(rule);
            case Operator.TokenPooling pooling -> throw notTrained(pooling);
        };
    }

    private long product(Operator.Linear linear) {
        return Math.multiplyExact(
                batch.elements(linear.output().shape()), linear.inputs().fixedElements());
    }

    private long product(Operator.GroupedLinear grouped) {
        return Math.multiplyExact(
                batch.elements(grouped.output().shape()), last(grouped.input().shape()));
    }

    private long product(Operator.Router router) {
        return Math.multiplyExact(
                batch.elements(router.input().shape()), router.routing().experts());
    }

    /// Pairs of a query and a key, over all heads and sequences.
    private MultiplyAdds pairs(Operator.Attention attention) {
        long tokens = batch.tokens();
        long visible = VisiblePairs.of(attention.mask(), 0, tokens);
        long executed = switch (kernel) {
            case AttentionKernel.Materialised all -> Math.multiplyExact(tokens, tokens);
            case AttentionKernel.Tiled tiled -> new TiledPairs(tiled, tokens).executed(attention.mask());
        };
        Shape query = attention.query().shape();
        return new MultiplyAdds(visible, executed)
                .times(batch.sequences())
                .times(query.trailing(2).leading(1).fixedElements());
    }

    private long gradientWidth(Operator.Attention attention, BackwardStep.Gradient step) {
        boolean query = step.inputs().contains(attention.query());
        boolean key = step.inputs().contains(attention.key());
        boolean scores = query || key || !step.parameters().isEmpty();
        long again = kernel instanceof AttentionKernel.Tiled ? keyWidth(attention) : 0;
        return again
                + (step.inputs().contains(attention.value()) ? valueWidth(attention) : 0)
                + (scores ? valueWidth(attention) : 0)
                + (query ? keyWidth(attention) : 0)
                + (key ? keyWidth(attention) : 0);
    }

    private static long keyWidth(Operator.Attention attention) {
        return last(attention.query().shape());
    }

    private static long valueWidth(Operator.Attention attention) {
        return last(attention.value().shape());
    }

    private static long last(Shape shape) {
        Dimension dimension = shape.dimensions().getLast();
        return shape.size(dimension.axis());
    }

    /// What devices exchange is not multiplied; how many pairs a ring's device multiplies depends on its place.
    private static MultiplyAdds collective(Collective collective) {
        return switch (collective) {
            case Collective.RingAttention ring ->
                throw new IllegalArgumentException(
                        ring.name() + ": its pairs depend on the device's place in the ring");
            case Collective.Copy _,
                    Collective.AllReduce _,
                    Collective.AllGather _,
                    Collective.ReduceScatter _,
                    Collective.AllToAll _,
                    Collective.SendToExperts _,
                    Collective.ReturnFromExperts _,
                    Collective.VocabularyCrossEntropy _ -> MultiplyAdds.NONE;
        };
    }

    private static IllegalArgumentException notTrained(Operator operator) {
        return new IllegalArgumentException(operator.name() + " has no gradient, so no program holds it");
    }
}
