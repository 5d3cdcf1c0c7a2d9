package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import java.util.List;

/// One step of a block's backward pass.
public sealed interface BackwardStep {
    Operator operator();

    /// The operator is run forward once more, for what was not kept.
    record Rerun(Operator operator) implements BackwardStep {}

    /// The operator's gradients: from those with respect to what it writes, those with respect to what it reads.
    ///
    /// @param inputs values whose gradients it adds to
    /// @param parameters whose gradients it adds to
    /// @param reads what it needs of the forward pass beside the parameters
    record Gradient(Operator operator, List<Value> inputs, List<Parameter> parameters, List<Kept> reads)
            implements BackwardStep {
        public Gradient {
            inputs = List.copyOf(inputs);
            parameters = List.copyOf(parameters);
            reads = List.copyOf(reads);
        }
    }
}
