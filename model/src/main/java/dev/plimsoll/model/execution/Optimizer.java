package dev.plimsoll.model.execution;

/// How gradients change the weights. Updates are computed in `f32`.
public sealed interface Optimizer {
    double learningRate();

    /// How many numbers it keeps for each parameter from one step to the next.
    int states();

    /// `w -= rate · g`.
    record GradientDescent(double learningRate) implements Optimizer {
        @Override
        public int states() {
            return 0;
        }
    }

    /// `v = momentum · v + g; w -= rate · v`. Source: Sutskever et al. 2013, in PyTorch's form.
    record Momentum(double learningRate, double momentum) implements Optimizer {
        @Override
        public int states() {
            return 1;
        }
    }

    /// Source: Kingma and Ba 2015, algorithm 1.
    record Adam(double learningRate, double beta1, double beta2, double epsilon) implements Optimizer {
        public Adam(double learningRate) {
            this(learningRate, 0.9, 0.999, 1e-8);
        }

        @Override
        public int states() {
            return 2;
        }
    }

    /// Adam with the weights themselves decayed by `rate · decay`. Source: Loshchilov and Hutter 2019, algorithm 2.
    record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
            implements Optimizer {
        public AdamW(double learningRate, double weightDecay) {
            this(learningRate, 0.9, 0.999, 1e-8, weightDecay);
        }

        @Override
        public int states() {
            return 2;
        }
    }
}
