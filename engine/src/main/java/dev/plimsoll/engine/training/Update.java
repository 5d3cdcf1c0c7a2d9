package dev.plimsoll.engine.training;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.failure.InputException;

/// One optimizer's arithmetic on a stretch of a parameter's elements, in f32.
sealed interface Update {
    /// Changes the weights and the states in place.
    ///
    /// @param weights from index 0 on
    /// @param gradients of the loss with respect to them
    /// @param states as many as the optimizer keeps
    void apply(float[] weights, float[] gradients, float[][] states, int count);

    /// @param step from 1 on
    static Update of(Optimizer optimizer, long step) {
        return switch (optimizer) {
            case Optimizer.GradientDescent(double rate) -> new Descent((float) rate);
            case Optimizer.Momentum(double rate, double momentum) -> new Heavy((float) rate, (float) momentum);
            case Optimizer.Adam(double rate, double beta1, double beta2, double epsilon) ->
                Adaptive.of(rate, beta1, beta2, epsilon, 0, step);
            case Optimizer.AdamW(double rate, double beta1, double beta2, double epsilon, double decay) ->
                Adaptive.of(rate, beta1, beta2, epsilon, decay, step);
            case Optimizer.BlockwiseAdam _, Optimizer.Adafactor _, Optimizer.Muon _ -> throw notExecuted(optimizer);
        };
    }

    /// The refusal of an optimizer that is planned with, but not executed.
    static InputException notExecuted(Optimizer optimizer) {
        return InputException.unsupported(
                "optimizer: found " + optimizer.name() + ", expected one that treats every number by itself",
                "Choose gradient descent, momentum, Adam or AdamW.");
    }

    /// `w -= rate · g`.
    record Descent(float rate) implements Update {
        @Override
        public void apply(float[] weights, float[] gradients, float[][] states, int count) {
            for (int i = 0; i < count; i++) {
                weights[i] -= rate * gradients[i];
            }
        }
    }

    /// `v = momentum · v + g; w -= rate · v`.
    record Heavy(float rate, float momentum) implements Update {
        @Override
        public void apply(float[] weights, float[] gradients, float[][] states, int count) {
            float[] velocity = states[0];
            for (int i = 0; i < count; i++) {
                velocity[i] = momentum * velocity[i] + gradients[i];
                weights[i] -= rate * velocity[i];
            }
        }
    }

    /// `m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g²; w = kept · w - size · m / (sqrt(v) · root + epsilon)`.
    ///
    /// @param kept what weight decay leaves, `1 - rate · decay`
    /// @param size `rate / (1 - beta1^step)`
    /// @param root `1 / sqrt(1 - beta2^step)`
    record Adaptive(double beta1, double beta2, float epsilon, float kept, float size, float root) implements Update {
        static Adaptive of(double rate, double beta1, double beta2, double epsilon, double decay, long step) {
            return new Adaptive(
                    beta1,
                    beta2,
                    (float) epsilon,
                    (float) (1 - rate * decay),
                    (float) (rate / (1 - Math.pow(beta1, (double) step))),
                    (float) (1 / Math.sqrt(1 - Math.pow(beta2, (double) step))));
        }

        @Override
        public void apply(float[] weights, float[] gradients, float[][] states, int count) {
            float[] mean = states[0];
            float[] square = states[1];
            float oldMean = (float) beta1;
            float oldSquare = (float) beta2;
            // Rounded once: 1 - 0.999f is 1e-5 of itself too small.
            float newMean = (float) (1 - beta1);
            float newSquare = (float) (1 - beta2);
            for (int i = 0; i < count; i++) {
                float gradient = gradients[i];
                mean[i] = oldMean * mean[i] + newMean * gradient;
                square[i] = oldSquare * square[i] + newSquare * gradient * gradient;
                float deviation = (float) Math.sqrt(square[i]) * root + epsilon;
                weights[i] = kept * weights[i] - size * mean[i] / deviation;
            }
        }
    }
}
