package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Optional;

/// What one operator's gradients see: of the forward pass only what the backward step lists, beside the parameters.
///
/// Asking for anything else of the forward pass is a mistake of ours and throws [IllegalStateException].
public interface GradientOperands {
    /// A value of the forward pass.
    Tensor value(Value value);

    /// Something that the operator found on its way forward.
    Tensor finding(Finding finding);

    Tensor parameter(Parameter parameter);

    /// The gradient with respect to a value that the operator wrote.
    Tensor outputGradient(Value value);

    /// The gradient with respect to a value that the operator read, to be added to; empty where nobody wants it.
    Optional<Tensor> inputGradient(Value value);

    /// The gradient with respect to a parameter, to be added to; empty where it is not trained.
    Optional<Tensor> parameterGradient(Parameter parameter);

    /// The position in its text of each token, in the order of the tokens of a value `[b, s, ..]`.
    int[] positions();

    /// The operator's random numbers, those of its way forward.
    CounterBased random();
}
