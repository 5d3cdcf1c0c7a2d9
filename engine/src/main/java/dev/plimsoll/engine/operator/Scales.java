package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;
import java.util.Optional;

/// Elements times factors that are no values: constants, trained numbers, dropout's zeros.
///
/// `y = f(p) · x` with a trained `p`: `dx += f(p) · dy`, `dp += f'(p) · sum of dy · x` over what `p` multiplies.
final class Scales {
    private final Machine machine;
    private final Kernels kernels;

    Scales(Machine machine) {
        this.machine = machine;
        this.kernels = machine.kernels();
    }

    void forward(Operator.Scale scale, ForwardOperands operands) {
        Tensor input = operands.value(scale.input());
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(input);
            float[] y = floats.write(operands.value(scale.output()));
            RowFactors factors = switch (scale.factor()) {
                case ScaleFactor.Constant(double value) -> constant(value);
                case ScaleFactor.Learned learned -> learned(learned, operands.parameter(learned.parameter()), floats);
            };
            scaled(x, factors, y, input.elements());
        }
    }

    void gradient(Operator.Scale scale, GradientOperands operands) {
        Tensor output = operands.outputGradient(scale.output());
        int elements = output.elements();
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            RowFactors factors = switch (scale.factor()) {
                case ScaleFactor.Constant(double value) -> constant(value);
                case ScaleFactor.Learned learned -> {
                    Tensor parameter = operands.parameter(learned.parameter());
                    operands.parameterGradient(learned.parameter())
                            .ifPresent(wanted -> factorGradient(
                                    learned, parameter, operands.value(scale.input()), gradient, wanted, floats));
                    yield learned(learned, parameter, floats);
                }
            };
            Optional<Tensor> input = operands.inputGradient(scale.input());
            if (input.isPresent()) {
                float[] product = floats.scratch(elements);
                float[] target = floats.add(input.get());
                scaled(gradient, factors, product, elements);
                machine.workers()
                        .forEachRange(
                                elements,
                                Floats.GRAIN,
                                (worker, from, to) -> kernels.add(product, from, target, from, to - from));
            }
        }
    }

    private static RowFactors constant(double value) {
        return new RowFactors(new float[] {(float) value}, 1);
    }

    private RowFactors learned(ScaleFactor.Learned learned, Tensor parameter, Floats floats) {
        int count = parameter.elements();
        float[] through = floats.scratch(count);
        kernels.activate(learned.through(), floats.read(parameter), 0, through, 0, count);
        return new RowFactors(through, count);
    }

    /// `y = factors · x`, the factors repeated from the first element on.
    private void scaled(float[] x, RowFactors factors, float[] y, int elements) {
        machine.workers().forEachRange(elements, Floats.GRAIN, (worker, from, to) -> {
            System.arraycopy(x, from, y, from, to - from);
            if (factors.count() == 1) {
                kernels.scale(factors.values()[0], y, from, to - from);
                return;
            }
            for (int at = from; at < to; ) {
                int count = Math.min(to - at, factors.count() - factors.offset(at));
                kernels.multiply(factors.values(), factors.offset(at), y, at, count);
                at += count;
            }
        });
    }

    /// First the sums for each row of as many elements as there are factors, so that one factor's sum does not depend
    /// on the workers either.
    private void factorGradient(
            ScaleFactor.Learned learned,
            Tensor parameter,
            Tensor input,
            float[] gradient,
            Tensor wanted,
            Floats floats) {
        int count = parameter.elements();
        int elements = input.elements();
        float[] x = floats.read(input);
        float[] sums = floats.scratch(count);
        Arrays.fill(sums, 0, count, 0);
        if (count == 1) {
            sums[0] = kernels.dot(x, 0, gradient, 0, elements, Work.ignored());
        } else {
            float[] products = floats.scratch(elements);
            System.arraycopy(gradient, 0, products, 0, elements);
            kernels.multiply(x, 0, products, 0, elements);
            Linears.addRowsTo(sums, Matrix.of(products, elements / count, count), machine);
        }
        float[] slopes = floats.scratch(count);
        kernels.derivative(learned.through(), floats.read(parameter), 0, slopes, 0, count);
        kernels.multiply(slopes, 0, sums, 0, count);
        kernels.add(sums, 0, floats.add(wanted), 0, count);
    }

    void drop(Operator.Dropout dropout, ForwardOperands operands) {
        Dropout rule = new Dropout(dropout.rate(), operands.random());
        Tensor input = operands.value(dropout.input());
        Optional<Tensor> mask = operands.finding(Finding.DROPOUT_MASK);
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(input);
            float[] y = floats.write(operands.value(dropout.output()));
            byte[] kept = mask.map(Tensor::octets).orElseGet(() -> new byte[input.elements()]);
            mask.ifPresent(tensor -> machine.work().written(tensor.bytes().count()));
            machine.workers().forEachRange(input.elements(), Floats.GRAIN, (worker, from, to) -> {
                for (int i = from; i < to; i++) {
                    kept[i] = (byte) (rule.keeps(i) ? 1 : 0);
                    y[i] = kept[i] * rule.kept() * x[i];
                }
            });
        }
    }

    void gradient(Operator.Dropout dropout, GradientOperands operands) {
        float left = new Dropout(dropout.rate(), operands.random()).kept();
        Tensor output = operands.outputGradient(dropout.output());
        Tensor mask = operands.finding(Finding.DROPOUT_MASK);
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            float[] target = floats.add(operands.inputGradient(dropout.input()).orElseThrow());
            byte[] kept = mask.octets();
            machine.work().read(mask.bytes().count());
            machine.workers().forEachRange(output.elements(), Floats.GRAIN, (worker, from, to) -> {
                for (int i = from; i < to; i++) {
                    target[i] += kept[i] * left * gradient[i];
                }
            });
        }
    }
}
