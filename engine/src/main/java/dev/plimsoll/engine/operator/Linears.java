package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import java.util.Optional;

/// `Y = X W^T + bias`, with `X [rows, i]`, `W [o, i]`, `Y [rows, o]`.
///
/// Gradients: `dX += dY W`, `dW += dY^T X`, `dbias += sum over rows of dY`.
final class Linears {
    private final Machine machine;

    Linears(Machine machine) {
        this.machine = machine;
    }

    void forward(Operator.Linear linear, ForwardOperands operands) {
        int inputs = Math.toIntExact(linear.inputs().fixedElements());
        int outputs = Math.toIntExact(linear.outputs().fixedElements());
        try (Floats floats = new Floats(machine)) {
            Matrix input = floats.read(operands.value(linear.input()), inputs);
            Matrix weight = floats.read(operands.parameter(linear.weight()), inputs);
            Matrix output = Matrix.of(floats.write(operands.value(linear.output())), input.rows(), outputs);
            machine.products().multiply(input, weight.transposed(), output, Update.ASSIGN);
            if (linear.bias().isPresent()) {
                addToRows(floats.read(operands.parameter(linear.bias().get())), output);
            }
        }
    }

    /// `Y = X + bias`; `dX += dY`, `dbias += sum over rows of dY`.
    void forward(Operator.AddBias bias, ForwardOperands operands) {
        int columns = Math.toIntExact(bias.bias().elements());
        try (Floats floats = new Floats(machine)) {
            Matrix input = floats.read(operands.value(bias.input()), columns);
            Matrix output = Matrix.of(floats.write(operands.value(bias.output())), input.rows(), columns);
            System.arraycopy(input.data(), 0, output.data(), 0, input.rows() * columns);
            addToRows(floats.read(operands.parameter(bias.bias())), output);
        }
    }

    void gradient(Operator.AddBias bias, GradientOperands operands) {
        int columns = Math.toIntExact(bias.bias().elements());
        try (Floats floats = new Floats(machine)) {
            Matrix output = floats.read(operands.outputGradient(bias.output()), columns);
            operands.inputGradient(bias.input())
                    .ifPresent(input ->
                            machine.kernels().add(output.data(), 0, floats.add(input), 0, output.rows() * columns));
            operands.parameterGradient(bias.bias())
                    .ifPresent(gradient -> addRowsTo(floats.add(gradient), output, machine));
        }
    }

    private void addToRows(float[] bias, Matrix rows) {
        machine.workers().forEachRange(rows.rows(), 1, (worker, from, to) -> {
            for (int row = from; row < to; row++) {
                machine.kernels().add(bias, 0, rows.data(), rows.index(row, 0), rows.columns());
            }
        });
    }

    void gradient(Operator.Linear linear, GradientOperands operands) {
        int inputs = Math.toIntExact(linear.inputs().fixedElements());
        int outputs = Math.toIntExact(linear.outputs().fixedElements());
        try (Floats floats = new Floats(machine)) {
            Matrix output = floats.read(operands.outputGradient(linear.output()), outputs);
            Optional<Tensor> input = operands.inputGradient(linear.input());
            if (input.isPresent()) {
                Matrix weight = floats.read(operands.parameter(linear.weight()), inputs);
                Matrix target = Matrix.of(floats.add(input.get()), output.rows(), inputs);
                machine.products().multiply(output, weight, target, Update.ADD);
            }
            Optional<Tensor> weight = operands.parameterGradient(linear.weight());
            if (weight.isPresent()) {
                Matrix read = floats.read(operands.value(linear.input()), inputs);
                Matrix target = Matrix.of(floats.add(weight.get()), outputs, inputs);
                machine.products().multiply(output.transposed(), read, target, Update.ADD);
            }
            linear.bias()
                    .flatMap(operands::parameterGradient)
                    .ifPresent(bias -> addRowsTo(floats.add(bias), output, machine));
        }
    }

    /// Adds all rows to one. A worker has some columns of all rows, so that their order does not depend on the workers.
    static void addRowsTo(float[] sum, Matrix rows, Machine machine) {
        machine.workers().forEachRange(rows.columns(), 16, (worker, from, to) -> {
            for (int row = 0; row < rows.rows(); row++) {
                machine.kernels().add(rows.data(), rows.index(row, from), sum, from, to - from);
            }
        });
    }
}
