package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.shape.Shape;
import java.util.Optional;

/// The few sizes that textbook formulas know of a model: what they would take it for.
///
/// @param layers layers of the decoder, whatever stands in them
/// @param hidden width of the residual stream
/// @param vocabulary outputs of the head, unpadded
/// @param form whether feed-forward networks have a gate
/// @param queryHeads of the first attention that keeps keys and values; 0 where none does
/// @param keyValueHeads of the same
/// @param headSize of its heads
record ClassicDecoder(
        long layers, long hidden, long vocabulary, Form form, long queryHeads, long keyValueHeads, long headSize) {
    /// Of the feed-forward network.
    enum Form {
        PLAIN,
        GATED
    }

    /// Empty where the model has no decoder with a head.
    static Optional<ClassicDecoder> of(Transformer model) {
        long layers = 0;
        long hidden = 0;
        long vocabulary = 0;
        long queryHeads = 0;
        long keyValueHeads = 0;
        long headSize = 0;
        Form form = Form.PLAIN;
        for (BlockRuns run : BlockRuns.of(model)) {
            if (run.part().kind() != Part.Kind.TEXT_DECODER) {
                continue;
            }
            for (Operator operator : run.block().operators()) {
                if (operator instanceof Operator.Linear linear && linear.role() == Role.HEAD) {
                    hidden = linear.inputs().elements(open -> 1);
                    vocabulary = linear.outputs().elements(open -> 1);
                } else if (operator instanceof Operator.Attention attention
                        && headSize == 0
                        && !attention.cached().isEmpty()) {
                    Shape key = attention.key().shape().trailing(2);
                    queryHeads =
                            attention.query().shape().trailing(2).leading(1).fixedElements();
                    keyValueHeads = key.leading(1).fixedElements();
                    headSize = key.trailing(1).fixedElements();
                } else if (operator instanceof Operator.Multiply product && isFeedForward(product.role())) {
                    form = Form.GATED;
                }
            }
            layers += isLayer(run) ? run.layers() : 0;
        }
        return vocabulary == 0 || layers == 0
                ? Optional.empty()
                : Optional.of(
                        new ClassicDecoder(layers, hidden, vocabulary, form, queryHeads, keyValueHeads, headSize));
    }

    /// Whether it is one of the decoder's layers, and not what stands before or behind them.
    static boolean isLayer(BlockRuns run) {
        if (run.part().kind() != Part.Kind.TEXT_DECODER) {
            return false;
        }
        for (Operator operator : run.block().operators()) {
            if (standsInLayer(operator.role())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFeedForward(Role role) {
        return role == Role.FEED_FORWARD || role == Role.EXPERT;
    }

    private static boolean standsInLayer(Role role) {
        return isFeedForward(role) || role == Role.CORE_ATTENTION || role == Role.RECURRENCE;
    }
}
