package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.Arrays;
import java.util.Optional;

/// What goes to the experts and comes back: `[.., h]` to `[.., e, h]`, and `sum_k w_k x_k` back to `[.., h]`.
///
/// Copies stand in the order of the tokens. Gradients: of a copied vector the sum of its copies'; `dx_k += w_k dy`,
/// `dw_k += x_k · dy`.
final class Experts {
    private final Machine machine;
    private final Kernels kernels;

    Experts(Machine machine) {
        this.machine = machine;
        this.kernels = machine.kernels();
    }

    void dispatch(Operator.Dispatch dispatch, ForwardOperands operands) {
        int width = width(dispatch.input());
        int topK = width(dispatch.experts());
        Tensor input = operands.value(dispatch.input());
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(input);
            float[] y = floats.write(operands.value(dispatch.output()));
            machine.workers().forEachRange(input.elements() / width, 1, (worker, from, to) -> {
                for (int copy = from * topK; copy < to * topK; copy++) {
                    System.arraycopy(x, copy / topK * width, y, copy * width, width);
                }
            });
        }
    }

    void gradient(Operator.Dispatch dispatch, GradientOperands operands) {
        int width = width(dispatch.input());
        int topK = width(dispatch.experts());
        Tensor input = operands.inputGradient(dispatch.input()).orElseThrow();
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(operands.outputGradient(dispatch.output()));
            float[] target = floats.add(input);
            machine.workers().forEachRange(input.elements() / width, 1, (worker, from, to) -> {
                for (int copy = from * topK; copy < to * topK; copy++) {
                    kernels.add(gradient, copy * width, target, copy / topK * width, width);
                }
            });
        }
    }

    void combine(Operator.Combine combine, ForwardOperands operands) {
        int width = width(combine.output());
        int topK = width(combine.experts());
        Tensor output = operands.value(combine.output());
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(operands.value(combine.input()));
            RowFactors weights = RowFactors.of(combine.weights().map(operands::value), floats);
            float[] y = floats.write(output);
            machine.workers().forEachRange(output.elements() / width, 1, (worker, from, to) -> {
                Arrays.fill(y, from * width, to * width, 0);
                for (int copy = from * topK; copy < to * topK; copy++) {
                    float weight = weights.isPresent() ? weights.values()[copy] : 1;
                    kernels.addScaled(weight, x, copy * width, y, copy / topK * width, width, Work.ignored());
                }
            });
        }
    }

    void gradient(Operator.Combine combine, GradientOperands operands) {
        int width = width(combine.output());
        int topK = width(combine.experts());
        Tensor output = operands.outputGradient(combine.output());
        Optional<Tensor> input = operands.inputGradient(combine.input());
        Optional<Tensor> weights = combine.weights().flatMap(operands::inputGradient);
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            int copies = output.elements() / width * topK;
            if (input.isPresent()) {
                RowFactors factors = RowFactors.of(combine.weights().map(operands::value), floats);
                float[] target = floats.add(input.get());
                machine.workers().forEachRange(copies, 1, (worker, from, to) -> {
                    for (int copy = from; copy < to; copy++) {
                        float weight = factors.isPresent() ? factors.values()[copy] : 1;
                        int at = copy / topK * width;
                        kernels.addScaled(weight, gradient, at, target, copy * width, width, Work.ignored());
                    }
                });
            }
            if (weights.isPresent()) {
                float[] x = floats.read(operands.value(combine.input()));
                float[] target = floats.add(weights.get());
                machine.workers().forEachRange(copies, 1, (worker, from, to) -> {
                    for (int copy = from; copy < to; copy++) {
                        int at = copy / topK * width;
                        target[copy] += kernels.dot(x, copy * width, gradient, at, width, Work.ignored());
                    }
                });
            }
        }
    }

    private static int width(Value value) {
        return Math.toIntExact(value.shape().trailing(1).fixedElements());
    }
}
