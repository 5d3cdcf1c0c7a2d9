package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A valid operator, and what is said of operators that differ from it in one shape.
///
/// @param invalid each mutated operator with a part of the only violation it has
record OperatorExample(Operator valid, Map<Operator, String> invalid) {
    static final Shape SCALAR = new Shape(List.of());
    static final Shape TOKENS = Shape.open(Axis.BATCH, Axis.SEQUENCE);
    static final Shape HIDDEN = Shape.of(Axis.HIDDEN, 12);
    static final Shape INNER = Shape.of(Axis.FEED_FORWARD, 20);
    static final Shape UNIT = Shape.of(Axis.UNIT, 1);

    OperatorExample(Operator valid) {
        this(valid, new LinkedHashMap<>());
    }

    OperatorExample but(Operator mutated, String violation) {
        invalid.put(mutated, violation);
        return this;
    }

    /// A value `[b, s, inner..]`.
    static Value tokens(String name, Shape inner) {
        return Value.activation(name, TOKENS.then(inner));
    }

    static Value value(String name, Shape shape) {
        return Value.activation(name, shape);
    }

    static Parameter parameter(String name, Shape... groups) {
        return new Parameter(
                name, List.of(groups), Parameter.Kind.MATRIX, Parameter.Sharing.EACH_LAYER, TensorNames.NONE);
    }
}
