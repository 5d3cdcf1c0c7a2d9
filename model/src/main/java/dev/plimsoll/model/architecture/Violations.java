package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is wrong with one operator, each violation in its own words behind the operator's name.
final class Violations {
    private final String operator;
    private final List<String> found = new ArrayList<>();

    Violations(String operator) {
        this.operator = operator;
    }

    List<String> found() {
        return List.copyOf(found);
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            found.add(operator + ": " + otherwise);
        }
    }

    /// Requires that a value has a shape.
    void same(String what, Value value, Shape expected) {
        require(
                value.shape().equals(expected),
                what + " " + value.name() + " is " + value.shape() + " but must be " + expected);
    }

    /// Requires that a parameter, where it is there, has a shape.
    void same(String what, Optional<Parameter> parameter, Shape expected) {
        parameter.ifPresent(present -> same(what, present, expected));
    }

    void same(String what, Parameter parameter, Shape expected) {
        require(parameter.shape().equals(expected), what + " is " + parameter.shape() + " but must be " + expected);
    }

    /// Whether every value has so many axes, or more; the rules behind it take that for granted.
    boolean haveRank(int least, Value... values) {
        boolean all = true;
        for (Value value : values) {
            boolean enough = value.shape().rank() >= least;
            require(enough, value + " needs " + least + " axes or more");
            all &= enough;
        }
        return all;
    }
}
