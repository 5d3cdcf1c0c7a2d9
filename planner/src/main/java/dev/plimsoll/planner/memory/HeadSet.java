package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.memory.SavedTensor.Presence;
import dev.plimsoll.planner.memory.SavedTensor.Rows;
import dev.plimsoll.planner.memory.SavedTensor.Sizes;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.Optional;

/// What a head and its loss hold when most is held: `T · (4h/S + c·V/tp + 2h (2h more where tp > 1))`, with `c` bytes a
/// logit and `V` the padded vocabulary.
///
/// `4h/S` are the inputs of the last normalisation and of the head, `2h` the gradient of the latter and, where ranks
/// gather it, the latter itself.
final class HeadSet {
    private final SavedTensor input;
    private final SavedTensor gathered;
    private final Shape tokens;
    private final long vocabulary;
    private final FrameworkProfile framework;

    private HeadSet(Operator.Linear head, TrainingMethod method) {
        int bytes = method.precision().activations().blockBytes();
        Value read = head.input();
        this.framework = method.framework();
        this.input = new SavedTensor(read.name(), read.shape(), bytes, Rows.TOKENS, Presence.ALWAYS);
        this.gathered = new SavedTensor(read.name(), read.shape(), bytes, Rows.GATHERED, Presence.ALWAYS);
        this.tokens = head.output().shape().leading(head.output().shape().rank() - 1);
        this.vocabulary = head.outputs().size(Axis.VOCABULARY);
    }

    /// Empty where a block has no map to the vocabulary.
    static Optional<HeadSet> of(Block block, TrainingMethod method) {
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear && linear.outputs().has(Axis.VOCABULARY)) {
                return Optional.of(new HeadSet(linear, method));
            }
        }
        return Optional.empty();
    }

    long working(LayerSplit split, Sizes sizes) {
        return switch (framework.logits().inputs()) {
            case LEFT_OUT -> 0;
            case KEPT -> kept(split, sizes);
            case WITH_GRADIENTS -> kept(split, sizes) + gathered.bytes(split, sizes) * (split.tensor() > 1 ? 2 : 1);
        };
    }

    /// The normalisation's input and the head's; where normalisations widen, the former twice as wide, and what comes
    /// before the gain.
    private long kept(LayerSplit split, Sizes sizes) {
        return input.bytes(split, sizes)
                * switch (framework.activations().norms()) {
                    case FUSED, FUSED_WITH_PRODUCT -> 2;
                    case WIDENED -> 4;
                };
    }

    SavedTensor logits(LayerSplit split) {
        long padded = framework.paddedVocabulary(vocabulary, split.tensor());
        Shape scores = tokens.then(Shape.of(Axis.VOCABULARY, padded));
        return new SavedTensor("logits", scores, framework.logits().bytesEach(), Rows.TOKENS, Presence.ALWAYS);
    }
}
