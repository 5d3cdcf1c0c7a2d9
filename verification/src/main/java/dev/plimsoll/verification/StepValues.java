package dev.plimsoll.verification;

import java.util.Map;

/// What a training step found and changed, of the whole model.
///
/// @param gradients of the mean loss, by parameter
/// @param weights after the step
record StepValues(float loss, Map<String, float[]> gradients, Map<String, float[]> weights) {
    private static final double TOLERANCE = 1e-5;

    StepValues {
        gradients = Map.copyOf(gradients);
        weights = Map.copyOf(weights);
    }

    /// Counts, for each kind of value, those that are further from another step's than 1e-5 of the kind's greatest: what
    /// another order of summation in f32 leaves open.
    Figures distant(StepValues other) {
        Figures figures = new Figures();
        boolean near = Math.abs(loss - other.loss) <= TOLERANCE * Math.max(1, Math.abs(other.loss));
        figures.put(DistributedFigures.VALUES_OFF + "loss", near ? 0 : 1);
        figures.put(DistributedFigures.VALUES_OFF + "gradients", distant(gradients, other.gradients));
        figures.put(DistributedFigures.VALUES_OFF + "updated weights", distant(weights, other.weights));
        return figures;
    }

    private static long distant(Map<String, float[]> found, Map<String, float[]> expected) {
        double greatest = 0;
        for (float[] values : expected.values()) {
            for (float value : values) {
                greatest = Math.max(greatest, Math.abs(value));
            }
        }
        long count = 0;
        for (Map.Entry<String, float[]> one : expected.entrySet()) {
            float[] values = found.getOrDefault(one.getKey(), new float[0]);
            for (int i = 0; i < one.getValue().length; i++) {
                double distance = i < values.length ? Math.abs(values[i] - one.getValue()[i]) : Double.NaN;
                // A value that is missing, or no number, is not near.
                if (!(distance <= TOLERANCE * greatest)) {
                    count++;
                }
            }
        }
        return count;
    }
}
