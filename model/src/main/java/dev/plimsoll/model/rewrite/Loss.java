package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;

/// Puts the loss behind a head.
public final class Loss {
    /// The input that holds the numbers of the tokens to be predicted.
    public static final String TARGETS = "targets";

    private Loss() {}

    /// The head with its mean cross entropy as its only output, one number.
    ///
    /// @throws InputException where the block's first output is not logits
    public static Block of(Block head) {
        BlockRewriter rewriter = new BlockRewriter(head);
        head.operators().forEach(rewriter::copy);
        Value logits = head.outputs().getFirst();
        if (!logits.shape().has(Axis.VOCABULARY)) {
            throw InputException.unsupported(
                    head.name() + ": found the output " + logits + ", expected logits over a vocabulary",
                    "Choose a model with a language-model head.");
        }
        Shape tokens = logits.shape().leading(logits.shape().rank() - 1);
        Value targets = Value.index(TARGETS, tokens);
        Value loss = new Value("loss", new Shape(List.of()), Value.Content.SCORE);
        rewriter.input(targets);
        rewriter.append(new Operator.CrossEntropy("loss", Role.HEAD, logits, targets, loss));
        return rewriter.build(List.of(loss));
    }
}
