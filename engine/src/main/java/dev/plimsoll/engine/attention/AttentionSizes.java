package dev.plimsoll.engine.attention;

/// How large an attention core is.
///
/// @param batch `b`, sequences of the same lengths
/// @param queries `s`, tokens that look
/// @param keys `t`, tokens that are looked at
public record AttentionSizes(int batch, int queries, int keys, HeadSizes heads) {
    public AttentionSizes {
        if (batch < 1 || queries < 1 || keys < 1) {
            throw new IllegalArgumentException(batch + " sequences of " + queries + " queries and " + keys + " keys");
        }
    }

    /// `b s a d`
    public int queryElements() {
        return elements(batch, queries, heads.queryHeads(), heads.headSize());
    }

    /// `b t k d`
    public int keyElements() {
        return elements(batch, keys, heads.keyValueHeads(), heads.headSize());
    }

    /// `b t k w`
    public int valueElements() {
        return elements(batch, keys, heads.keyValueHeads(), heads.valueSize());
    }

    /// `b s a w`
    public int outputElements() {
        return elements(batch, queries, heads.queryHeads(), heads.valueSize());
    }

    private static int elements(int batch, int tokens, int heads, int size) {
        return Math.toIntExact(Math.multiplyExact((long) batch * tokens, (long) heads * size));
    }
}
