package dev.plimsoll.engine.attention;

/// The output of [NaiveAttention] times given weights, summed: a loss whose gradient with respect to the output is the
/// weights, and whose other gradients are central differences.
@SuppressWarnings("ArrayRecordComponent") // its arrays are varied in place
record NaiveLoss(
        AttentionCase how, double[] query, double[] key, double[] value, double[] sinks, double[] outputGradient) {
    /// Its square and the rounding of an f64 over it are both around 1e-10.
    private static final double STEP = 1e-5;

    NaiveLoss(AttentionCase how, Operands operands, float[] outputGradient) {
        this(
                how,
                widened(operands.query()),
                widened(operands.key()),
                widened(operands.value()),
                widened(operands.sinks()),
                widened(outputGradient));
    }

    /// The gradient with respect to one of the four arrays.
    double[] slopes(double[] varied) {
        double[] slopes = new double[varied.length];
        for (int i = 0; i < varied.length; i++) {
            double at = varied[i];
            varied[i] = at + STEP;
            double above = loss();
            varied[i] = at - STEP;
            double below = loss();
            varied[i] = at;
            slopes[i] = (above - below) / (2 * STEP);
        }
        return slopes;
    }

    private double loss() {
        double[] output = new NaiveAttention(how, query, key, value, sinks).output();
        double loss = 0;
        for (int i = 0; i < output.length; i++) {
            loss += output[i] * outputGradient[i];
        }
        return loss;
    }

    static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
