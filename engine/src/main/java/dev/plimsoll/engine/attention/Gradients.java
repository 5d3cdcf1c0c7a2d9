package dev.plimsoll.engine.attention;

import java.util.EnumSet;
import java.util.Set;

/// Where an attention core writes the gradients that are wanted, in f32; the others' arrays are left alone.
///
/// @param wanted which
/// @param query `[b, s, a, d]`, overwritten
/// @param key `[b, t, k, d]`, overwritten
/// @param value `[b, t, k, w]`, overwritten
/// @param sinks `[a]`, overwritten
@SuppressWarnings("ArrayRecordComponent") // views of the caller's arrays
public record Gradients(Set<Wanted> wanted, float[] query, float[] key, float[] value, float[] sinks) {
    /// With respect to what.
    public enum Wanted {
        QUERY,
        KEY,
        VALUE,
        SINKS
    }

    public Gradients {
        wanted = Set.copyOf(wanted);
    }

    /// New arrays for those that are wanted, empty ones for the others.
    public static Gradients allocate(Set<Wanted> wanted, AttentionSizes sizes) {
        return new Gradients(
                wanted,
                new float[wanted.contains(Wanted.QUERY) ? sizes.queryElements() : 0],
                new float[wanted.contains(Wanted.KEY) ? sizes.keyElements() : 0],
                new float[wanted.contains(Wanted.VALUE) ? sizes.valueElements() : 0],
                new float[wanted.contains(Wanted.SINKS) ? sizes.heads().queryHeads() : 0]);
    }

    /// All four, or the first three without sinks.
    public static Set<Wanted> all(Operands operands) {
        return operands.sinks().length > 0
                ? EnumSet.allOf(Wanted.class)
                : EnumSet.complementOf(EnumSet.of(Wanted.SINKS));
    }

    boolean wants(Wanted which) {
        return wanted.contains(which);
    }

    /// Whether the gradient of the scores is needed on the way.
    boolean wantsScores() {
        return wants(Wanted.QUERY) || wants(Wanted.KEY) || wants(Wanted.SINKS);
    }
}
