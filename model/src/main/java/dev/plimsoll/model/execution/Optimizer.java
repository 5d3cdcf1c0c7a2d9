package dev.plimsoll.model.execution;

/// How gradients change the weights. Updates are computed in `f32`.
public sealed interface Optimizer {
    double learningRate();

    /// The name printed, for example `AdamW`.
    String name();

    /// How many numbers as large as the weight it keeps for every parameter from one step to the next; 0 where it treats
    /// parameters differently.
    int states();

    /// Whether it treats every number by itself and alike: those are what the engine executes.
    default boolean isElementwise() {
        return switch (this) {
            case GradientDescent _, Momentum _, Adam _, AdamW _ -> true;
            case BlockwiseAdam _, Adafactor _, Muon _ -> false;
        };
    }

    /// `w -= rate · g`.
    record GradientDescent(double learningRate) implements Optimizer {
        @Override
        public int states() {
            return 0;
        }

        @Override
        public String name() {
            return "gradient descent";
        }
    }

    /// `v = momentum · v + g; w -= rate · v`. Source: Sutskever et al. 2013, in PyTorch's form.
    record Momentum(double learningRate, double momentum) implements Optimizer {
        @Override
        public int states() {
            return 1;
        }

        @Override
        public String name() {
            return "momentum";
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

        @Override
        public String name() {
            return "Adam";
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

        @Override
        public String name() {
            return "AdamW";
        }
    }

    /// Adam with states of eight bits, scaled block by block. Source: Dettmers et al. 2022, sections 2.1 and 4.
    record BlockwiseAdam(double learningRate) implements Optimizer {
        @Override
        public int states() {
            return 0;
        }

        @Override
        public String name() {
            return "8-bit Adam";
        }
    }

    /// Second moments of a matrix by their means over rows and columns. Source: Shazeer and Stern 2018, algorithm 4.
    record Adafactor(double learningRate, FirstMoment firstMoment) implements Optimizer {
        /// Whether it keeps a momentum.
        public enum FirstMoment {
            ABSENT,
            KEPT
        }

        @Override
        public int states() {
            return 0;
        }

        @Override
        public String name() {
            return "Adafactor";
        }
    }

    /// Momentum of the matrices between embedding and head, made orthogonal; AdamW for everything else.
    ///
    /// Source: Jordan et al. 2024 (Muon); Liu et al. 2025 (Muon is scalable), section 2.
    record Muon(double learningRate) implements Optimizer {
        @Override
        public int states() {
            return 0;
        }

        @Override
        public String name() {
            return "Muon";
        }
    }
}
