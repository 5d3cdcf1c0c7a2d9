package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import java.util.List;

/// A piece of program: operators in execution order.
///
/// Refused when it is built, with every violation in one message: a value read before it is written or written twice,
/// an axis that disagrees, a parameter that nobody reads.
///
/// @param inputs values that come from outside: the stack's previous block gives the first
/// @param parameters every parameter the operators read
/// @param outputs values that go outside; the first is the next block's first input
public record Block(
        String name, List<Value> inputs, List<Parameter> parameters, List<Operator> operators, List<Value> outputs) {
    public Block {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
        operators = List.copyOf(operators);
        outputs = List.copyOf(outputs);
        List<String> violations = new BlockValidator(name, inputs, parameters, operators, outputs).violations();
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", violations));
        }
    }
}
