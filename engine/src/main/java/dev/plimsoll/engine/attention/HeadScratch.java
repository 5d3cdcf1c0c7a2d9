package dev.plimsoll.engine.attention;

/// What one worker works in: scores of pairs, gradients of them, and a few numbers for each query. Grows and is kept.
final class HeadScratch {
    private float[] pairs = new float[0];
    private float[] otherPairs = new float[0];
    private float[] row = new float[0];
    private float[] statistics = new float[0];
    private float[] otherStatistics = new float[0];

    float[] pairs(int elements) {
        pairs = atLeast(elements, pairs);
        return pairs;
    }

    float[] otherPairs(int elements) {
        otherPairs = atLeast(elements, otherPairs);
        return otherPairs;
    }

    float[] row(int elements) {
        row = atLeast(elements, row);
        return row;
    }

    float[] statistics(int elements) {
        statistics = atLeast(elements, statistics);
        return statistics;
    }

    float[] otherStatistics(int elements) {
        otherStatistics = atLeast(elements, otherStatistics);
        return otherStatistics;
    }

    long bytes() {
        long elements =
                (long) pairs.length + otherPairs.length + row.length + statistics.length + otherStatistics.length;
        return Float.BYTES * elements;
    }

    private static float[] atLeast(int elements, float[] held) {
        return held.length < elements ? new float[elements] : held;
    }
}
