package dev.plimsoll.report.explain;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import java.util.Optional;

/// The two sizes that textbook forms of activations know of a model.
///
/// @param hidden width of the residual stream
/// @param heads query heads of its first attention
record DecoderSizes(long hidden, long heads) {
    /// Empty where there is no attention over a text.
    static Optional<DecoderSizes> of(Transformer model) {
        long hidden = 0;
        for (Part part : model.parts()) {
            for (LayerRun run : part.runs()) {
                for (Operator operator : run.block().operators()) {
                    if (operator instanceof Operator.Embedding embedding
                            && hidden == 0
                            && embedding.table().shape().has(Axis.HIDDEN)) {
                        hidden = embedding.table().shape().size(Axis.HIDDEN);
                    }
                    if (operator instanceof Operator.Attention attention && hidden > 0) {
                        return Optional.of(new DecoderSizes(
                                hidden,
                                attention.query().shape().trailing(2).leading(1).fixedElements()));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
