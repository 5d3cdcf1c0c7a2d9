package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.Optional;

/// Values behind one another along an axis. The gradient of a value that was repeated is the sum of the repetitions'.
final class Concatenations {
    private final Machine machine;

    Concatenations(Machine machine) {
        this.machine = machine;
    }

    void forward(Operator.Concatenate concatenate, ForwardOperands operands) {
        Tensor output = operands.value(concatenate.output());
        try (Floats floats = new Floats(machine)) {
            float[] y = floats.write(output);
            int first = 0;
            for (Value value : concatenate.inputs()) {
                float[] x = floats.read(operands.value(value));
                Placement placement = Placement.of(concatenate, value, output.sizes(), first);
                machine.workers().forEachRange(placement.parts(), 1, (worker, from, to) -> {
                    for (int row = from * placement.rowsOfPart(); row < to * placement.rowsOfPart(); row++) {
                        int source = placement.source(row);
                        int target = placement.target(row);
                        for (int i = 0; i < placement.length(); i++) {
                            y[target + i] = x[source + placement.offset(i)];
                        }
                    }
                });
                first += placement.length();
            }
        }
    }

    void gradient(Operator.Concatenate concatenate, GradientOperands operands) {
        Tensor output = operands.outputGradient(concatenate.output());
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            int first = 0;
            for (Value value : concatenate.inputs()) {
                Placement placement = Placement.of(concatenate, value, output.sizes(), first);
                Optional<Tensor> wanted = operands.inputGradient(value);
                if (wanted.isPresent()) {
                    addTo(floats.add(wanted.get()), gradient, placement);
                }
                first += placement.length();
            }
        }
    }

    private void addTo(float[] sums, float[] gradient, Placement placement) {
        machine.workers().forEachRange(placement.parts(), 1, (worker, from, to) -> {
            for (int row = from * placement.rowsOfPart(); row < to * placement.rowsOfPart(); row++) {
                int source = placement.source(row);
                int target = placement.target(row);
                for (int i = 0; i < placement.length(); i++) {
                    sums[source + placement.offset(i)] += gradient[target + i];
                }
            }
        });
    }
}
