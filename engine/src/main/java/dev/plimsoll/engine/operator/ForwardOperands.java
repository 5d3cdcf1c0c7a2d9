package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Optional;

/// What one operator sees of the tensors around it on its way forward.
///
/// A value's tensor has the sizes of the value's shape, with the workload's for its open axes.
public interface ForwardOperands {
    /// A value that the operator reads or writes.
    Tensor value(Value value);

    Tensor parameter(Parameter parameter);

    /// Where something that the operator finds on its way is to be put, if somebody wants it.
    Optional<Tensor> finding(Finding finding);

    /// The position in its text of each token, in the order of the tokens of a value `[b, s, ..]`.
    int[] positions();

    /// The experts of a router that is told them, `[.., e]`; empty where it chooses itself.
    Optional<int[]> givenExperts();

    /// The operator's random numbers, the same whenever it is run again.
    CounterBased random();
}
