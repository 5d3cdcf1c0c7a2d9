package dev.plimsoll.judges;

import static org.assertj.core.api.Assertions.assertThat;

/// How far two results lie apart.
final class Agreement {
    private Agreement() {}

    /// The largest difference of two elements at the same place; infinite where one is NaN.
    static double largestDifference(float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        double largest = 0;
        for (int i = 0; i < ours.length; i++) {
            double difference = Math.abs((double) ours[i] - theirs[i]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    static double largest(float[] values) {
        return largestDifference(values, new float[values.length]);
    }
}
