package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import java.util.Arrays;
import java.util.Optional;

/// A linear map for each expert: its rows are gathered, multiplied as one matrix, and put back.
///
/// Only the weights of experts that were sent a row are read.
final class GroupedLinears {
    private final Machine machine;

    GroupedLinears(Machine machine) {
        this.machine = machine;
    }

    /// The rows in the order of their experts, and where each expert's begin; one more at the end.
    @SuppressWarnings("ArrayRecordComponent") // lives for a step
    private record Grouped(int[] rows, int[] starts) {
        static Grouped of(int[] expertOfRow, int experts) {
            int[] starts = new int[experts + 1];
            for (int expert : expertOfRow) {
                starts[expert + 1]++;
            }
            Arrays.parallelPrefix(starts, Integer::sum);
            int[] next = starts.clone();
            int[] rows = new int[expertOfRow.length];
            for (int row = 0; row < rows.length; row++) {
                rows[next[expertOfRow[row]]++] = row;
            }
            return new Grouped(rows, starts);
        }

        int experts() {
            return starts.length - 1;
        }

        int count(int expert) {
            return starts[expert + 1] - starts[expert];
        }
    }

    void forward(Operator.GroupedLinear linear, ForwardOperands operands) {
        int inputs = inputs(linear);
        int outputs = outputs(linear);
        try (Floats floats = new Floats(machine)) {
            Grouped grouped = grouped(linear, operands.value(linear.experts()), floats);
            float[] x = gathered(floats.read(operands.value(linear.input())), grouped, inputs, floats);
            float[] y = floats.scratch(grouped.rows().length * outputs);
            Tensor weight = operands.parameter(linear.weight());
            Optional<Tensor> bias = linear.bias().map(operands::parameter);
            for (int expert = 0; expert < grouped.experts(); expert++) {
                if (grouped.count(expert) > 0) {
                    Matrix target = rows(y, grouped, expert, outputs);
                    Matrix weights = weight(weight, expert, outputs, inputs, floats);
                    machine.products()
                            .multiply(rows(x, grouped, expert, inputs), weights.transposed(), target, Update.ASSIGN);
                    int number = expert;
                    bias.ifPresent(held -> addBias(floats.read(held, number * outputs, outputs), target));
                }
            }
            scatter(y, grouped, outputs, floats.write(operands.value(linear.output())), Update.ASSIGN);
        }
    }

    private void addBias(Matrix bias, Matrix rows) {
        for (int row = 0; row < rows.rows(); row++) {
            machine.kernels().add(bias.data(), bias.offset(), rows.data(), rows.index(row, 0), rows.columns());
        }
    }

    void gradient(Operator.GroupedLinear linear, GradientOperands operands) {
        int inputs = inputs(linear);
        int outputs = outputs(linear);
        try (Floats floats = new Floats(machine)) {
            Grouped grouped = grouped(linear, operands.value(linear.experts()), floats);
            float[] gradient =
                    gathered(floats.read(operands.outputGradient(linear.output())), grouped, outputs, floats);
            Optional<Tensor> input = operands.inputGradient(linear.input());
            if (input.isPresent()) {
                float[] rows = floats.scratch(grouped.rows().length * inputs);
                inputGradient(linear, operands.parameter(linear.weight()), grouped, gradient, rows, floats);
                scatter(rows, grouped, inputs, floats.add(input.get()), Update.ADD);
            }
            Optional<Tensor> weight = operands.parameterGradient(linear.weight());
            if (weight.isPresent()) {
                float[] x = gathered(floats.read(operands.value(linear.input())), grouped, inputs, floats);
                weightGradient(linear, grouped, gradient, x, floats.add(weight.get()));
            }
            linear.bias()
                    .flatMap(operands::parameterGradient)
                    .ifPresent(bias -> biasGradient(grouped, gradient, outputs, floats.add(bias)));
        }
    }

    private void inputGradient(
            Operator.GroupedLinear linear,
            Tensor weight,
            Grouped grouped,
            float[] gradient,
            float[] rows,
            Floats floats) {
        for (int expert = 0; expert < grouped.experts(); expert++) {
            if (grouped.count(expert) > 0) {
                Matrix weights = weight(weight, expert, outputs(linear), inputs(linear), floats);
                Matrix from = rows(gradient, grouped, expert, outputs(linear));
                machine.products().multiply(from, weights, rows(rows, grouped, expert, inputs(linear)), Update.ASSIGN);
            }
        }
    }

    private void weightGradient(
            Operator.GroupedLinear linear, Grouped grouped, float[] gradient, float[] x, float[] target) {
        int inputs = inputs(linear);
        int outputs = outputs(linear);
        for (int expert = 0; expert < grouped.experts(); expert++) {
            if (grouped.count(expert) > 0) {
                Matrix from = rows(gradient, grouped, expert, outputs);
                Matrix own = Matrix.of(target, expert * outputs * inputs, outputs, inputs);
                machine.products().multiply(from.transposed(), rows(x, grouped, expert, inputs), own, Update.ADD);
            }
        }
    }

    private void biasGradient(Grouped grouped, float[] gradient, int outputs, float[] target) {
        for (int expert = 0; expert < grouped.experts(); expert++) {
            Matrix rows = rows(gradient, grouped, expert, outputs);
            for (int row = 0; row < rows.rows(); row++) {
                machine.kernels().add(rows.data(), rows.index(row, 0), target, expert * outputs, outputs);
            }
        }
    }

    /// One expert's weights, `[o, i]`.
    private static Matrix weight(Tensor weight, int expert, int outputs, int inputs, Floats floats) {
        int elements = outputs * inputs;
        Matrix row = floats.read(weight, expert * elements, elements);
        return Matrix.of(row.data(), row.offset(), outputs, inputs);
    }

    private static Matrix rows(float[] values, Grouped grouped, int expert, int width) {
        return Matrix.of(values, grouped.starts()[expert] * width, grouped.count(expert), width);
    }

    private float[] gathered(float[] values, Grouped grouped, int width, Floats floats) {
        float[] gathered = floats.scratch(grouped.rows().length * width);
        machine.workers().forEachRange(grouped.rows().length, 1, (worker, from, to) -> {
            for (int i = from; i < to; i++) {
                System.arraycopy(values, grouped.rows()[i] * width, gathered, i * width, width);
            }
        });
        return gathered;
    }

    private void scatter(float[] gathered, Grouped grouped, int width, float[] target, Update update) {
        machine.workers().forEachRange(grouped.rows().length, 1, (worker, from, to) -> {
            for (int i = from; i < to; i++) {
                int at = grouped.rows()[i] * width;
                switch (update) {
                    case ASSIGN -> System.arraycopy(gathered, i * width, target, at, width);
                    case ADD -> machine.kernels().add(gathered, i * width, target, at, width);
                }
            }
        });
    }

    private static Grouped grouped(Operator.GroupedLinear linear, Tensor experts, Floats floats) {
        int count = Math.toIntExact(linear.weight().shape().leading(1).fixedElements());
        return Grouped.of(floats.integers(experts), count);
    }

    private static int inputs(Operator.GroupedLinear linear) {
        return Math.toIntExact(linear.weight().shape().trailing(1).fixedElements());
    }

    private static int outputs(Operator.GroupedLinear linear) {
        return Math.toIntExact(linear.output().shape().trailing(1).fixedElements());
    }
}
