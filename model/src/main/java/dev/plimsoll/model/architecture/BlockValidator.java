package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads a block's program once and lists what is wrong with it.
final class BlockValidator {
    private final String block;
    private final List<String> violations = new ArrayList<>();

    BlockValidator(
            String block,
            List<Value> inputs,
            List<Parameter> parameters,
            List<Operator> operators,
            List<Value> outputs) {
        this.block = block;
        Map<String, Value> written = new HashMap<>();
        inputs.forEach(input -> write(written, input, "the list of inputs"));
        Set<String> operatorNames = new HashSet<>();
        Map<String, Parameter> read = new HashMap<>();
        for (Operator operator : operators) {
            if (!operatorNames.add(operator.name())) {
                violation("two operators are called " + operator.name());
            }
            operator.reads().forEach(value -> read(written, value, operator.name()));
            operator.parameters().forEach(parameter -> readParameter(read, parameter, operator.name()));
            ShapeRules.violations(operator).forEach(this::violation);
            operator.writes().forEach(value -> write(written, value, operator.name()));
        }
        outputs.forEach(output -> read(written, output, "the list of outputs"));
        compareParameters(parameters, read);
    }

    List<String> violations() {
        return violations;
    }

    private void read(Map<String, Value> written, Value value, String reader) {
        Value known = written.get(value.name());
        if (known == null) {
            violation(reader + " reads " + value.name() + ", which nothing has written yet");
        } else if (!known.equals(value)) {
            violation(reader + " reads " + value + ", which was written as " + known);
        }
    }

    private void write(Map<String, Value> written, Value value, String writer) {
        if (written.put(value.name(), value) != null) {
            violation(writer + " writes " + value.name() + ", which is written already");
        }
    }

    private void readParameter(Map<String, Parameter> read, Parameter parameter, String reader) {
        Parameter known = read.putIfAbsent(parameter.name(), parameter);
        if (known != null && !known.equals(parameter)) {
            violation(reader + " reads another parameter called " + parameter.name());
        }
    }

    private void compareParameters(List<Parameter> parameters, Map<String, Parameter> read) {
        Set<String> declared = new HashSet<>();
        for (Parameter parameter : parameters) {
            if (!declared.add(parameter.name())) {
                violation("two parameters are called " + parameter.name());
            }
            if (!parameter.equals(read.get(parameter.name()))) {
                violation("nobody reads the parameter " + parameter.name());
            }
        }
        read.keySet().stream()
                .filter(name -> !declared.contains(name))
                .forEach(name -> violation("the parameter " + name + " is read but not declared"));
    }

    private void violation(String what) {
        violations.add(block + ": " + what);
    }
}
