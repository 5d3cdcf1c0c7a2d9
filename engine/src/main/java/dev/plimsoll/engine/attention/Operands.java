package dev.plimsoll.engine.attention;

/// What an attention core reads, in f32, row after row. An array that a pass does not read may be empty.
///
/// @param query `[b, s, a, d]`
/// @param key `[b, t, k, d]`
/// @param value `[b, t, k, w]`
/// @param sinks `[a]`; empty where the attention has none
@SuppressWarnings("ArrayRecordComponent") // views of the caller's arrays
public record Operands(float[] query, float[] key, float[] value, float[] sinks) {
    private static final float[] NOTHING = {};

    public static Operands of(float[] query, float[] key, float[] value) {
        return new Operands(query, key, value, NOTHING);
    }
}
