package dev.plimsoll.planner.run;

import java.util.List;

/// How many parameters and tokens a budget of computing is best spent on, by published fits.
///
/// All count `C = 6 N D` FLOPs for `N` parameters and `D` tokens.
public sealed interface ScalingLaw {
    /// FLOPs for each parameter and token: two forward, four back.
    double FLOPS_PER_PARAMETER_AND_TOKEN = 6;

    String name();

    String source();

    /// The best size and number of tokens for so many FLOPs.
    Optimum optimum(double flops);

    /// @param parameters of the model
    /// @param tokens to train it on
    record Optimum(double parameters, double tokens) {}

    /// `N` and `D` grow as powers of the budget, and both were fitted at known budgets: `N = n (C / 10^21)^a`.
    ///
    /// @param parametersAt21 the best size for 10^21 FLOPs
    /// @param exponent of the size
    record Power(String name, double parametersAt21, double exponent, String source) implements ScalingLaw {
        private static final double REFERENCE = 1e21;

        @Override
        public Optimum optimum(double flops) {
            TrainingRun.requirePositive("FLOPs", flops);
            double parameters = parametersAt21 * Math.pow(flops / REFERENCE, exponent);
            return new Optimum(parameters, flops / (FLOPS_PER_PARAMETER_AND_TOKEN * parameters));
        }
    }

    /// The loss is `E + A / N^alpha + B / D^beta`; the best size is `G (C / 6)^(beta / (alpha + beta))` with
    /// `G = (alpha A / (beta B))^(1 / (alpha + beta))`.
    ///
    /// Source of the form: Hoffmann et al. 2022, equations 2 and 4.
    record Loss(String name, double irreducible, double a, double b, double alpha, double beta, String source)
            implements ScalingLaw {
        @Override
        public Optimum optimum(double flops) {
            TrainingRun.requirePositive("FLOPs", flops);
            double product = flops / FLOPS_PER_PARAMETER_AND_TOKEN;
            double g = Math.pow(alpha * a / (beta * b), 1 / (alpha + beta));
            double parameters = g * Math.pow(product, beta / (alpha + beta));
            return new Optimum(parameters, product / parameters);
        }

        /// Nats for each token after training.
        public double loss(double parameters, double tokens) {
            return irreducible + a / Math.pow(parameters, alpha) + b / Math.pow(tokens, beta);
        }
    }

    /// So many tokens for each parameter, whatever the budget: `N = sqrt(C / (6 r))`.
    record Ratio(String name, double tokensPerParameter, String source) implements ScalingLaw {
        @Override
        public Optimum optimum(double flops) {
            TrainingRun.requirePositive("FLOPs", flops);
            double parameters = Math.sqrt(flops / (FLOPS_PER_PARAMETER_AND_TOKEN * tokensPerParameter));
            return new Optimum(parameters, tokensPerParameter * parameters);
        }
    }

    /// Three fits of one experiment, a fourth to its data, and the rule that people keep in mind.
    ///
    /// The first two are given by their exponents and the size for the budget of Gopher, 5.76 x 10^23 FLOPs, from which
    /// the size at 10^21 follows.
    static List<ScalingLaw> published() {
        return List.of(
                power("hoffmann-1", 67e9, 0.50, "figure 2, approach 1 (minimum over training curves)"),
                power("hoffmann-2", 63e9, 0.49, "figure 3, approach 2 (IsoFLOP profiles)"),
                new Loss(
                        "hoffmann-3",
                        1.69,
                        406.4,
                        410.7,
                        0.34,
                        0.28,
                        "Hoffmann et al. 2022, approach 3 (parametric loss), equation 10"),
                new Loss(
                        "besiroglu",
                        1.8172,
                        482.01,
                        2085.43,
                        0.3478,
                        0.3658,
                        "Besiroglu et al. 2024, refit of approach 3"),
                new Ratio("20x", 20, "Hoffmann et al. 2022, as a rule of thumb: twenty tokens a parameter"));
    }

    private static Power power(String name, double atGopher, double exponent, String approach) {
        double gopher = 5.76e23 / 1e21;
        return new Power(
                name, atGopher / Math.pow(gopher, exponent), exponent, "Hoffmann et al. 2022, table 2 and " + approach);
    }
}
