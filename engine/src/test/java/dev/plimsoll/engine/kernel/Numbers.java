package dev.plimsoll.engine.kernel;

import java.util.Random;

/// Arrays of numbers for the kernels' tests.
final class Numbers {
    static final long SEED = 20261123;

    private Numbers() {}

    /// Between -1 and 1.
    static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    /// Whole numbers from -4 to 4, whose products and sums are exact in f32 in any order.
    static float[] whole(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextInt(9) - 4;
        }
        return values;
    }
}
