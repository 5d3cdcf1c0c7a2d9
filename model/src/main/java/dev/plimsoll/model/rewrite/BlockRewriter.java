package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Copies a block operator by operator, with others inserted, and later readers pointed to what they write.
final class BlockRewriter {
    private final Block block;
    private final List<Value> inputs;
    private final List<Operator> operators = new ArrayList<>();
    private final Map<Value, Value> instead = new HashMap<>();

    BlockRewriter(Block block) {
        this.block = block;
        this.inputs = new ArrayList<>(block.inputs());
    }

    void append(Operator operator) {
        operators.add(operator);
    }

    void input(Value value) {
        inputs.add(value);
    }

    /// From here on, whoever reads `value` reads `other`.
    void redirect(Value value, Value other) {
        instead.put(value, other);
    }

    /// Appends the operator, reading what its inputs were redirected to.
    void copy(Operator operator) {
        operators.add(Redirection.of(operator, this::read));
    }

    Value read(Value value) {
        return instead.getOrDefault(value, value);
    }

    /// The block, with the outputs it had, redirected.
    Block build() {
        return build(block.outputs().stream().map(this::read).toList());
    }

    Block build(List<Value> outputs) {
        Set<Parameter> parameters = new LinkedHashSet<>();
        operators.forEach(operator -> parameters.addAll(operator.parameters()));
        return new Block(block.name(), inputs, List.copyOf(parameters), operators, outputs);
    }
}
