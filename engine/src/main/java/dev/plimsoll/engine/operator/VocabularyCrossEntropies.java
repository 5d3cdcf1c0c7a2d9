package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Reduction;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.DataType;

/// [CrossEntropies] over a vocabulary of which each device has the logits of a part.
///
/// Of each token the devices find together the largest logit, the sum of the exponentials above it, and the target's
/// logit, which is zero on all devices but one. Each then has the gradient of its own logits.
///
/// Source: Shoeybi et al. 2019 (Megatron-LM), section 3.
final class VocabularyCrossEntropies {
    private final Machine machine;
    private final Kernels kernels;
    private final Rings rings;

    VocabularyCrossEntropies(Machine machine, Rings rings) {
        this.machine = machine;
        this.kernels = machine.kernels();
        this.rings = rings;
    }

    void forward(Collective.VocabularyCrossEntropy loss, ForwardOperands operands) {
        int width = width(loss);
        int first = Math.toIntExact(loss.firstToken());
        Ring ring = rings.of(loss.group());
        try (Floats floats = new Floats(machine)) {
            int[] targets = floats.integers(operands.value(loss.targets()));
            float[] logits = floats.read(operands.value(loss.logits()));
            float[] greatest = new float[targets.length];
            for (int token = 0; token < targets.length; token++) {
                greatest[token] = kernels.max(logits, token * width, width);
            }
            ring.allReduce(greatest, Reduction.GREATEST, DataType.F32);
            float[] row = floats.scratch(width);
            float[] sums = new float[targets.length];
            for (int token = 0; token < targets.length; token++) {
                sums[token] = kernels.exponentials(logits, token * width, greatest[token], row, 0, width);
            }
            ring.allReduce(sums, Reduction.SUM, DataType.F32);
            float[] aimed = new float[targets.length];
            for (int token = 0; token < targets.length; token++) {
                int target = targets[token] - first;
                aimed[token] = has(target, width) ? logits[token * width + target] : 0;
            }
            ring.allReduce(aimed, Reduction.SUM, DataType.F32);
            finish(loss, operands, floats, greatest, sums, aimed);
        }
    }

    private static void finish(
            Collective.VocabularyCrossEntropy loss,
            ForwardOperands operands,
            Floats floats,
            float[] greatest,
            float[] sums,
            float[] aimed) {
        float[] logSums =
                operands.finding(Finding.LOG_SUM_EXP).map(floats::write).orElseGet(() -> floats.scratch(sums.length));
        double total = 0;
        for (int token = 0; token < sums.length; token++) {
            logSums[token] = (float) (greatest[token] + Math.log(sums[token]));
            total += (double) logSums[token] - aimed[token];
        }
        floats.write(operands.value(loss.output()))[0] = (float) (total / sums.length);
    }

    void gradient(Collective.VocabularyCrossEntropy loss, GradientOperands operands) {
        int width = width(loss);
        int first = Math.toIntExact(loss.firstToken());
        Tensor wanted = operands.inputGradient(loss.logits()).orElseThrow();
        try (Floats floats = new Floats(machine)) {
            int[] targets = floats.integers(operands.value(loss.targets()));
            float[] logits = floats.read(operands.value(loss.logits()));
            float[] logSums = floats.read(operands.finding(Finding.LOG_SUM_EXP));
            float[] target = floats.add(wanted);
            float[] row = floats.scratch(width);
            float share = floats.read(operands.outputGradient(loss.output()))[0] / targets.length;
            for (int token = 0; token < targets.length; token++) {
                kernels.exponentials(logits, token * width, logSums[token], row, 0, width);
                if (has(targets[token] - first, width)) {
                    row[targets[token] - first] -= 1;
                }
                kernels.scale(share, row, 0, width);
                kernels.add(row, 0, target, token * width, width);
            }
        }
    }

    private static boolean has(int target, int width) {
        return target >= 0 && target < width;
    }

    private static int width(Collective.VocabularyCrossEntropy loss) {
        return Math.toIntExact(loss.logits().shape().trailing(1).fixedElements());
    }
}
