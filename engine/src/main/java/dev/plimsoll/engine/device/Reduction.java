package dev.plimsoll.engine.device;

/// How values of several devices become one.
public enum Reduction {
    SUM,
    GREATEST;

    /// `to_i = to_i + values_{from + i}`, or the greater of the two.
    void into(float[] to, float[] values, int from) {
        for (int i = 0; i < to.length; i++) {
            to[i] = switch (this) {
                case SUM -> to[i] + values[from + i];
                case GREATEST -> Math.max(to[i], values[from + i]);
            };
        }
    }
}
