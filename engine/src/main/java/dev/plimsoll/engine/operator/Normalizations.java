package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Optional;

/// `y = gain · n + bias` with `n = r · (x - mean)` and `r = 1 / sqrt(mean((x - mean)²) + epsilon)`; a root mean square
/// normalisation subtracts no mean.
///
/// Gradients of a row, with `g = gain · dy`: `dx += r · (g - mean(g) - n · mean(g · n))`, without `mean(g)` where no
/// mean was subtracted; `dgain += dy · n`, `dbias += dy`. The derivative of Ba et al. 2016, equation 4.
final class Normalizations {
    private final Machine machine;
    private final Kernels kernels;

    Normalizations(Machine machine) {
        this.machine = machine;
        this.kernels = machine.kernels();
    }

    void forward(Operator.Normalization norm, ForwardOperands operands) {
        Tensor input = operands.value(norm.input());
        int width = width(norm);
        int rows = input.elements() / width;
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(input);
            float[] y = floats.write(operands.value(norm.output()));
            float[] means = statistic(operands.finding(Finding.MEAN), rows, floats);
            float[] reciprocals = statistic(operands.finding(Finding.RECIPROCAL_DEVIATION), rows, floats);
            RowFactors gain = RowFactors.gain(norm.gain(), norm.gain().map(operands::parameter), floats);
            RowFactors bias = RowFactors.of(norm.bias().map(operands::parameter), floats);
            machine.workers().forEachRange(rows, 1, (worker, from, to) -> {
                for (int row = from; row < to; row++) {
                    int at = row * width;
                    means[row] = mean(norm, x, at, width);
                    subtract(x, at, means[row], y, width);
                    double meanSquare = (double) kernels.sumOfSquares(y, at, width) / width;
                    reciprocals[row] = (float) (1 / Math.sqrt(meanSquare + norm.epsilon()));
                    kernels.scale(reciprocals[row], y, at, width);
                    if (gain.isPresent()) {
                        kernels.multiply(gain.values(), gain.offset(at), y, at, width);
                    }
                    if (bias.isPresent()) {
                        kernels.add(bias.values(), bias.offset(at), y, at, width);
                    }
                }
            });
        }
    }

    void gradient(Operator.Normalization norm, GradientOperands operands) {
        Optional<Tensor> input = operands.inputGradient(norm.input());
        Optional<Tensor> gain = norm.gain().flatMap(operands::parameterGradient);
        try (Floats floats = new Floats(machine)) {
            Tensor outputGradient = operands.outputGradient(norm.output());
            float[] gradient = floats.read(outputGradient);
            if (input.isPresent() || gain.isPresent()) {
                Normalized normalized = normalized(norm, operands, floats);
                gain.ifPresent(tensor -> gainGradient(tensor, gradient, normalized, floats));
                input.ifPresent(
                        tensor -> inputGradient(norm, operands, gradient, normalized, floats.add(tensor), floats));
            }
            norm.bias()
                    .flatMap(operands::parameterGradient)
                    .ifPresent(bias -> sumGroups(bias, gradient, outputGradient.elements(), floats));
        }
    }

    /// The rows of `n`, made again from what was kept.
    ///
    /// @param values from index 0 on
    @SuppressWarnings("ArrayRecordComponent") // lives for a step
    private record Normalized(float[] values, float[] reciprocals, int width, int rows) {
        int elements() {
            return rows * width;
        }
    }

    private Normalized normalized(Operator.Normalization norm, GradientOperands operands, Floats floats) {
        int width = width(norm);
        Tensor input = operands.value(norm.input());
        int rows = input.elements() / width;
        float[] x = floats.read(input);
        float[] means = switch (norm.kind()) {
            case LAYER -> floats.read(operands.finding(Finding.MEAN));
            case ROOT_MEAN_SQUARE -> new float[0];
        };
        float[] reciprocals = floats.read(operands.finding(Finding.RECIPROCAL_DEVIATION));
        float[] values = floats.scratch(input.elements());
        machine.workers().forEachRange(rows, 1, (worker, from, to) -> {
            for (int row = from; row < to; row++) {
                int at = row * width;
                subtract(x, at, means.length == 0 ? 0 : means[row], values, width);
                kernels.scale(reciprocals[row], values, at, width);
            }
        });
        return new Normalized(values, reciprocals, width, rows);
    }

    private void inputGradient(
            Operator.Normalization norm,
            GradientOperands operands,
            float[] gradient,
            Normalized normalized,
            float[] target,
            Floats floats) {
        int width = normalized.width();
        RowFactors gain = RowFactors.gain(norm.gain(), norm.gain().map(operands::parameter), floats);
        float[] rows = floats.scratch(machine.workers().count() * width);
        machine.workers().forEachRange(normalized.rows(), 1, (worker, from, to) -> {
            int own = worker * width;
            for (int row = from; row < to; row++) {
                int at = row * width;
                System.arraycopy(gradient, at, rows, own, width);
                if (gain.isPresent()) {
                    kernels.multiply(gain.values(), gain.offset(at), rows, own, width);
                }
                float along = kernels.dot(rows, own, normalized.values(), at, width, Work.ignored()) / width;
                float mean = mean(norm, rows, own, width);
                float reciprocal = normalized.reciprocals()[row];
                for (int i = 0; i < width; i++) {
                    target[at + i] += reciprocal
                            * (rows[own + i] - mean - along * normalized.values()[at + i]);
                }
            }
        });
    }

    private void gainGradient(Tensor gain, float[] gradient, Normalized normalized, Floats floats) {
        float[] products = floats.scratch(normalized.elements());
        machine.workers().forEachRange(normalized.elements(), Floats.GRAIN, (worker, from, to) -> {
            System.arraycopy(gradient, from, products, from, to - from);
            kernels.multiply(normalized.values(), from, products, from, to - from);
        });
        sumGroups(gain, products, normalized.elements(), floats);
    }

    /// Adds up what falls on each of a parameter's elements.
    private void sumGroups(Tensor parameter, float[] values, int elements, Floats floats) {
        int count = parameter.elements();
        Linears.addRowsTo(floats.add(parameter), Matrix.of(values, elements / count, count), machine);
    }

    private static float[] statistic(Optional<Tensor> wanted, int rows, Floats floats) {
        return wanted.map(floats::write).orElseGet(() -> floats.scratch(rows));
    }

    private float mean(Operator.Normalization norm, float[] x, int at, int width) {
        return switch (norm.kind()) {
            case LAYER -> kernels.sum(x, at, width) / width;
            case ROOT_MEAN_SQUARE -> 0;
        };
    }

    /// `y_i = x_i - subtracted`, at the same place in both.
    private static void subtract(float[] x, int at, float subtracted, float[] y, int width) {
        for (int i = at; i < at + width; i++) {
            y[i] = x[i] - subtracted;
        }
    }

    private static int width(Operator.Normalization norm) {
        return Math.toIntExact(norm.input().shape().trailing(norm.axes()).fixedElements());
    }
}
