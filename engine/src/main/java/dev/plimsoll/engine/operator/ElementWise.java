package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import java.util.Optional;

/// Functions, sums and products of elements.
///
/// - `y = f(x)`: `dx += f'(x) · dy`.
/// - `y = left · right`, where one element of the right meets a run of the left's: `dleft += right · dy`,
///   `dright += sum over its run of left · dy`.
/// - `y = left + right`, where the right is repeated: `dleft += dy`, `dright += sum over its repetitions of dy`.
final class ElementWise {
    private final Machine machine;
    private final Kernels kernels;

    ElementWise(Machine machine) {
        this.machine = machine;
        this.kernels = machine.kernels();
    }

    void activate(Operator.Activation activation, ForwardOperands operands) {
        Tensor output = operands.value(activation.output());
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(operands.value(activation.input()));
            float[] y = floats.write(output);
            each(
                    output.elements(),
                    (worker, from, to) -> kernels.activate(activation.function(), x, from, y, from, to - from));
        }
    }

    void gradient(Operator.Activation activation, GradientOperands operands) {
        Tensor output = operands.outputGradient(activation.output());
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            float[] target =
                    floats.add(operands.inputGradient(activation.input()).orElseThrow());
            if (activation.function() == ActivationFunction.IDENTITY) {
                each(output.elements(), (worker, from, to) -> kernels.add(gradient, from, target, from, to - from));
                return;
            }
            float[] x = floats.read(operands.value(activation.input()));
            float[] product = floats.scratch(output.elements());
            each(output.elements(), (worker, from, to) -> {
                kernels.derivative(activation.function(), x, from, product, from, to - from);
                kernels.multiply(gradient, from, product, from, to - from);
                kernels.add(product, from, target, from, to - from);
            });
        }
    }

    void multiply(Operator.Multiply multiply, ForwardOperands operands) {
        Tensor left = operands.value(multiply.left());
        Tensor right = operands.value(multiply.right());
        int run = run(left, right);
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(left);
            float[] factors = floats.read(right);
            float[] y = floats.write(operands.value(multiply.output()));
            each(right.elements(), run, (worker, from, to) -> {
                System.arraycopy(x, from * run, y, from * run, (to - from) * run);
                scaleRuns(factors, from, to, y, run);
            });
        }
    }

    /// How many neighbours of the one are multiplied by an element of the other; 1 where there is none, as of an expert's
    /// rows when no token is sent to it.
    private static int run(Tensor left, Tensor right) {
        return right.elements() == 0 ? 1 : left.elements() / right.elements();
    }

    void gradient(Operator.Multiply multiply, GradientOperands operands) {
        Tensor output = operands.outputGradient(multiply.output());
        Optional<Tensor> left = operands.inputGradient(multiply.left());
        Optional<Tensor> right = operands.inputGradient(multiply.right());
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            if (left.isPresent()) {
                leftGradient(operands.value(multiply.right()), gradient, left.get(), floats);
            }
            if (right.isPresent()) {
                rightGradient(operands.value(multiply.left()), gradient, right.get(), floats);
            }
        }
    }

    private void leftGradient(Tensor right, float[] gradient, Tensor wanted, Floats floats) {
        int run = run(wanted, right);
        float[] factors = floats.read(right);
        float[] target = floats.add(wanted);
        float[] product = floats.scratch(wanted.elements());
        each(right.elements(), run, (worker, from, to) -> {
            System.arraycopy(gradient, from * run, product, from * run, (to - from) * run);
            scaleRuns(factors, from, to, product, run);
            kernels.add(product, from * run, target, from * run, (to - from) * run);
        });
    }

    private void rightGradient(Tensor left, float[] gradient, Tensor wanted, Floats floats) {
        int run = run(left, wanted);
        float[] x = floats.read(left);
        float[] target = floats.add(wanted);
        each(wanted.elements(), run, (worker, from, to) -> {
            for (int i = from; i < to; i++) {
                target[i] += kernels.dot(x, i * run, gradient, i * run, run, Work.ignored());
            }
        });
    }

    private void scaleRuns(float[] factors, int from, int to, float[] values, int run) {
        if (run == 1) {
            kernels.multiply(factors, from, values, from, to - from);
            return;
        }
        for (int i = from; i < to; i++) {
            kernels.scale(factors[i], values, i * run, run);
        }
    }

    void add(Operator.Add add, ForwardOperands operands) {
        Tensor left = operands.value(add.left());
        Tensor right = operands.value(add.right());
        int width = right.elements();
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(left);
            float[] added = floats.read(right);
            float[] y = floats.write(operands.value(add.output()));
            each(left.elements(), (worker, from, to) -> {
                System.arraycopy(x, from, y, from, to - from);
                for (int at = from; at < to; ) {
                    int count = Math.min(to - at, width - at % width);
                    kernels.add(added, at % width, y, at, count);
                    at += count;
                }
            });
        }
    }

    void gradient(Operator.Add add, GradientOperands operands) {
        Tensor output = operands.outputGradient(add.output());
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            Optional<Tensor> left = operands.inputGradient(add.left());
            if (left.isPresent()) {
                float[] target = floats.add(left.get());
                each(output.elements(), (worker, from, to) -> kernels.add(gradient, from, target, from, to - from));
            }
            // After the left's, since both may be one value, whose gradient is then added to twice.
            Optional<Tensor> right = operands.inputGradient(add.right());
            if (right.isPresent()) {
                int width = right.get().elements();
                Matrix rows = Matrix.of(gradient, output.elements() / width, width);
                Linears.addRowsTo(floats.add(right.get()), rows, machine);
            }
        }
    }

    private void each(int elements, Workers.RangeTask task) {
        machine.workers().forEachRange(elements, Floats.GRAIN, task);
    }

    /// The same over runs of elements.
    private void each(int runs, int run, Workers.RangeTask task) {
        machine.workers().forEachRange(runs, Math.max(1, Floats.GRAIN / run), task);
    }
}
