package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.Kept.Finding;

/// The mean over tokens of `L - z_target` with `L = log sum exp z`; its gradient is
/// `dz += (exp(z - L) - [target]) · dloss / tokens`.
final class CrossEntropies {
    private final Machine machine;
    private final Kernels kernels;

    CrossEntropies(Machine machine) {
        this.machine = machine;
        this.kernels = machine.kernels();
    }

    /// @throws dev.plimsoll.model.failure.InputException for a target that is no row of the vocabulary
    void forward(Operator.CrossEntropy loss, ForwardOperands operands) {
        int vocabulary = vocabulary(loss);
        try (Floats floats = new Floats(machine)) {
            int[] targets = floats.integers(operands.value(loss.targets()));
            RowNumbers.require(loss.name(), targets, vocabulary);
            float[] logits = floats.read(operands.value(loss.logits()));
            float[] logSums = operands.finding(Finding.LOG_SUM_EXP)
                    .map(floats::write)
                    .orElseGet(() -> floats.scratch(targets.length));
            float[] rows = floats.scratch(machine.workers().count() * vocabulary);
            machine.workers().forEachRange(targets.length, 1, (worker, from, to) -> {
                for (int token = from; token < to; token++) {
                    int at = token * vocabulary;
                    float max = kernels.max(logits, at, vocabulary);
                    float sum = kernels.exponentials(logits, at, max, rows, worker * vocabulary, vocabulary);
                    logSums[token] = (float) (max + Math.log(sum));
                }
            });
            double total = 0;
            for (int token = 0; token < targets.length; token++) {
                total += (double) logSums[token] - logits[token * vocabulary + targets[token]];
            }
            floats.write(operands.value(loss.output()))[0] = (float) (total / targets.length);
        }
    }

    void gradient(Operator.CrossEntropy loss, GradientOperands operands) {
        int vocabulary = vocabulary(loss);
        Tensor wanted = operands.inputGradient(loss.logits()).orElseThrow();
        try (Floats floats = new Floats(machine)) {
            int[] targets = floats.integers(operands.value(loss.targets()));
            float[] logits = floats.read(operands.value(loss.logits()));
            float[] logSums = floats.read(operands.finding(Finding.LOG_SUM_EXP));
            float[] target = floats.add(wanted);
            float[] rows = floats.scratch(machine.workers().count() * vocabulary);
            float share = floats.read(operands.outputGradient(loss.output()))[0] / targets.length;
            machine.workers().forEachRange(targets.length, 1, (worker, from, to) -> {
                int row = worker * vocabulary;
                for (int token = from; token < to; token++) {
                    int at = token * vocabulary;
                    kernels.exponentials(logits, at, logSums[token], rows, row, vocabulary);
                    rows[row + targets[token]] -= 1;
                    kernels.scale(share, rows, row, vocabulary);
                    kernels.add(rows, row, target, at, vocabulary);
                }
            });
        }
    }

    private static int vocabulary(Operator.CrossEntropy loss) {
        return Math.toIntExact(loss.logits().shape().trailing(1).fixedElements());
    }
}
