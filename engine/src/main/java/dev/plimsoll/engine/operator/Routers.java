package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Arrays;
import java.util.Optional;

/// Experts' scores `p = softmax(x W^T)` or `sigmoid(x W^T)`, and the chosen ones' as weights `w`.
///
/// The choice has no gradient. Of a token: `dp_c = dw_c`, or `(dw_c - sum dw w) / sum p_c` where the weights are the
/// chosen scores over their sum; behind a softmax `dz = p (dp - sum dp p)`, behind a sigmoid `dz = p (1 - p) dp`.
final class Routers {
    private final Machine machine;
    private final Kernels kernels;

    Routers(Machine machine) {
        this.machine = machine;
        this.kernels = machine.kernels();
    }

    /// @throws dev.plimsoll.model.failure.InputException for a given expert that there is not
    void forward(Operator.Router router, ForwardOperands operands) {
        int experts = Math.toIntExact(router.routing().experts());
        int topK = Math.toIntExact(router.routing().topK());
        try (Floats floats = new Floats(machine)) {
            Matrix input = input(router, operands.value(router.input()), floats);
            int tokens = input.rows();
            float[] scores = operands.finding(Finding.EXPERT_SCORES)
                    .map(floats::write)
                    .orElseGet(() -> floats.scratch(tokens * experts));
            Matrix weight = floats.read(operands.parameter(router.weight()), input.columns());
            Matrix logits = Matrix.of(scores, tokens, experts);
            machine.products().multiply(input, weight.transposed(), logits, Update.ASSIGN);
            RowFactors bias = RowFactors.of(router.bias().map(operands::parameter), floats);
            RowFactors correction = RowFactors.of(router.correction().map(operands::parameter), floats);
            int[] chosen = operands.value(router.experts()).integers();
            machine.work().written(4L * chosen.length);
            operands.givenExperts().ifPresent(given -> copyGiven(router, given, chosen));
            float[] weights = floats.write(operands.value(router.weights()));
            ExpertChoice choice = new ExpertChoice(router.routing());
            machine.workers().forEachRange(tokens, 1, (worker, from, to) -> {
                float[] preferences = new float[experts];
                for (int token = from; token < to; token++) {
                    score(router.routing(), scores, token * experts, experts, bias);
                    if (operands.givenExperts().isEmpty()) {
                        System.arraycopy(scores, token * experts, preferences, 0, experts);
                        if (correction.isPresent()) {
                            kernels.add(correction.values(), 0, preferences, 0, experts);
                        }
                        choice.choose(preferences, chosen, token * topK);
                    }
                    weigh(router.routing(), scores, token, chosen, weights);
                }
            });
        }
    }

    private static void copyGiven(Operator.Router router, int[] given, int[] chosen) {
        if (given.length != chosen.length) {
            throw new IllegalArgumentException(
                    router.name() + ": given " + given.length + " experts for " + chosen.length + " places");
        }
        RowNumbers.require(
                router.name(), given, Math.toIntExact(router.routing().experts()));
        System.arraycopy(given, 0, chosen, 0, given.length);
    }

    private void score(Routing routing, float[] scores, int at, int experts, RowFactors bias) {
        if (bias.isPresent()) {
            kernels.add(bias.values(), 0, scores, at, experts);
        }
        switch (routing.scoring()) {
            case SOFTMAX -> {
                float max = kernels.max(scores, at, experts);
                float sum = kernels.exponentials(scores, at, max, scores, at, experts);
                kernels.scale(1 / sum, scores, at, experts);
            }
            case SIGMOID -> kernels.activate(ActivationFunction.SIGMOID, scores, at, scores, at, experts);
        }
    }

    private static void weigh(Routing routing, float[] scores, int token, int[] chosen, float[] weights) {
        int topK = Math.toIntExact(routing.topK());
        int row = token * Math.toIntExact(routing.experts());
        double sum = 0;
        for (int k = token * topK; k < (token + 1) * topK; k++) {
            weights[k] = scores[row + chosen[k]];
            sum += weights[k];
        }
        switch (routing.weighting()) {
            case AS_SCORED -> {}
            case NORMALIZED -> {
                for (int k = token * topK; k < (token + 1) * topK; k++) {
                    weights[k] = (float) (weights[k] / sum);
                }
            }
        }
    }

    void gradient(Operator.Router router, GradientOperands operands) {
        int experts = Math.toIntExact(router.routing().experts());
        Tensor outputGradient = operands.outputGradient(router.weights());
        int tokens =
                outputGradient.elements() / Math.toIntExact(router.routing().topK());
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(outputGradient);
            float[] scores = floats.read(operands.finding(Finding.EXPERT_SCORES));
            int[] chosen = floats.integers(operands.value(router.experts()));
            Matrix logits = Matrix.of(floats.scratch(tokens * experts), tokens, experts);
            machine.workers().forEachRange(tokens, 1, (worker, from, to) -> {
                for (int token = from; token < to; token++) {
                    scoreGradient(router.routing(), scores, token, chosen, gradient, logits.data());
                    logitGradient(router.routing(), scores, token * experts, experts, logits.data());
                }
            });
            addGradients(router, operands, logits, floats);
        }
    }

    private static void scoreGradient(
            Routing routing, float[] scores, int token, int[] chosen, float[] gradient, float[] target) {
        int experts = Math.toIntExact(routing.experts());
        int topK = Math.toIntExact(routing.topK());
        int row = token * experts;
        double sum = 0;
        double along = 0;
        for (int k = token * topK; k < (token + 1) * topK; k++) {
            sum += scores[row + chosen[k]];
            along += (double) gradient[k] * scores[row + chosen[k]];
        }
        Arrays.fill(target, row, row + experts, 0);
        for (int k = token * topK; k < (token + 1) * topK; k++) {
            target[row + chosen[k]] = switch (routing.weighting()) {
                case AS_SCORED -> gradient[k];
                case NORMALIZED -> (float) ((gradient[k] - along / sum) / sum);
            };
        }
    }

    /// Gradients of scores to those of logits, in place.
    private void logitGradient(Routing routing, float[] scores, int at, int experts, float[] gradients) {
        float along = switch (routing.scoring()) {
            case SOFTMAX -> kernels.dot(scores, at, gradients, at, experts, Work.ignored());
            case SIGMOID -> 0;
        };
        for (int i = at; i < at + experts; i++) {
            gradients[i] = switch (routing.scoring()) {
                case SOFTMAX -> scores[i] * (gradients[i] - along);
                case SIGMOID -> scores[i] * (1 - scores[i]) * gradients[i];
            };
        }
    }

    private void addGradients(Operator.Router router, GradientOperands operands, Matrix logits, Floats floats) {
        int width = Math.toIntExact(router.input().shape().trailing(1).fixedElements());
        Optional<Tensor> input = operands.inputGradient(router.input());
        if (input.isPresent()) {
            Matrix weight = floats.read(operands.parameter(router.weight()), width);
            Matrix target = Matrix.of(floats.add(input.get()), logits.rows(), width);
            machine.products().multiply(logits, weight, target, Update.ADD);
        }
        Optional<Tensor> weight = operands.parameterGradient(router.weight());
        if (weight.isPresent()) {
            Matrix read = floats.read(operands.value(router.input()), width);
            Matrix target = Matrix.of(floats.add(weight.get()), logits.columns(), width);
            machine.products().multiply(logits.transposed(), read, target, Update.ADD);
        }
        router.bias()
                .flatMap(operands::parameterGradient)
                .ifPresent(bias -> Linears.addRowsTo(floats.add(bias), logits, machine));
    }

    private static Matrix input(Operator.Router router, Tensor input, Floats floats) {
        return floats.read(
                input, Math.toIntExact(router.input().shape().trailing(1).fixedElements()));
    }
}
