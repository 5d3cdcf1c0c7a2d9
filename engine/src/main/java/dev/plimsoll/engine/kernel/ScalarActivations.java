package dev.plimsoll.engine.kernel;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import java.util.Locale;

/// The activation functions and their derivatives, in f64, as their papers write them.
final class ScalarActivations {
    /// The steepness of [ActivationFunction#GELU_QUICK]. Source: Hendrycks and Gimpel 2016, section 2.
    static final double QUICK = 1.702;
    /// The bounds of the clamped functions. Source: gpt-oss, `swiglu_limit`.
    static final double CLAMP = 7;
    /// The cubic term of [ActivationFunction#GELU_TANH]. Source: Hendrycks and Gimpel 2016, section 2.
    static final double CUBIC = 0.044715;

    static final double ROOT_OF_TWO_OVER_PI = Math.sqrt(2 / Math.PI);

    private ScalarActivations() {}

    static double value(ActivationFunction function, double x) {
        return switch (function) {
            case IDENTITY -> x;
            case EXPONENTIAL -> Math.exp(x);
            case RELU -> Math.max(x, 0);
            case RELU_SQUARED -> Math.max(x, 0) * Math.max(x, 0);
            case GELU -> x * normalDistribution(x);
            case GELU_TANH -> x * sigmoid(2 * tanhArgument(x));
            case GELU_QUICK -> x * sigmoid(QUICK * x);
            case GELU_QUICK_CLAMPED -> Math.min(x, CLAMP) * sigmoid(QUICK * Math.min(x, CLAMP));
            case CLAMPED_PLUS_ONE -> Math.clamp(x, -CLAMP, CLAMP) + 1;
            case SILU -> x * sigmoid(x);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case XIELU -> throw notExecuted(function);
        };
    }

    static double derivative(ActivationFunction function, double x) {
        return switch (function) {
            case IDENTITY -> 1;
            case EXPONENTIAL -> Math.exp(x);
            case RELU -> x > 0 ? 1 : Double.isNaN(x) ? x : 0;
            case RELU_SQUARED -> 2 * Math.max(x, 0);
            case GELU -> normalDistribution(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            case GELU_TANH -> {
                double slope = 2 * ROOT_OF_TWO_OVER_PI * (1 + 3 * CUBIC * x * x);
                yield sigmoid(2 * tanhArgument(x)) + x * slope * sigmoidDerivative(2 * tanhArgument(x));
            }
            case GELU_QUICK -> sigmoid(QUICK * x) + x * QUICK * sigmoidDerivative(QUICK * x);
            case GELU_QUICK_CLAMPED -> x > CLAMP ? 0 : derivative(ActivationFunction.GELU_QUICK, x);
            case CLAMPED_PLUS_ONE -> Math.abs(x) > CLAMP ? 0 : Double.isNaN(x) ? x : 1;
            case SILU -> sigmoid(x) + x * sigmoidDerivative(x);
            case SIGMOID -> sigmoidDerivative(x);
            case TANH -> 4 * sigmoidDerivative(2 * x);
            case SOFTPLUS -> sigmoid(x);
            case XIELU -> throw notExecuted(function);
        };
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// `sigmoid(x) sigmoid(-x)`, which does not cancel where the sigmoid is nearly 1.
    private static double sigmoidDerivative(double x) {
        double small = Math.exp(-Math.abs(x));
        return small / ((1 + small) * (1 + small));
    }

    private static double tanhArgument(double x) {
        return ROOT_OF_TWO_OVER_PI * (x + CUBIC * x * x * x);
    }

    /// The standard normal distribution, `(1 + erf(x / sqrt 2)) / 2`.
    ///
    /// Near zero by `1/2 + phi(x) (x + x³/3 + x⁵/(3·5) + ...)`, whose terms have one sign (Marsaglia 2004, "Evaluating
    /// the Normal Distribution"); in the tail by Laplace's continued fraction `phi(x) / (x + 1/(x + 2/(x + ...)))`
    /// (Abramowitz and Stegun 26.2.14), which does not cancel.
    static double normalDistribution(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        double distance = Math.abs(x);
        double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        if (distance < 3) {
            double sum = x;
            double term = x;
            for (int odd = 3; Math.abs(term) > Math.ulp(sum) / 4; odd += 2) {
                term *= x * x / odd;
                sum += term;
            }
            return 0.5 + density * sum;
        }
        double fraction = distance;
        for (int level = 60; level > 0; level--) {
            fraction = distance + level / fraction;
        }
        double tail = density / fraction;
        return x < 0 ? tail : 1 - tail;
    }

    private static InputException notExecuted(ActivationFunction function) {
        return InputException.unsupported(
                "activation " + function.name().toLowerCase(Locale.ROOT)
                        + ": not executed yet, for its trained scalars",
                "Choose a model with another activation function.");
    }
}
