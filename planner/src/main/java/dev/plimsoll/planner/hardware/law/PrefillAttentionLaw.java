package dev.plimsoll.planner.hardware.law;

/// Time of causal attention over new tokens, with or without a cached past, for heads of 128.
///
/// `t = F / (P e) (1 + c / (q + past)) + (4 q a d + 2 k d keys kb) b / (B e2) + t0`, with
/// `F = 4 a d b (q past + q (q + 1) / 2)`, and `keys = q`, or `q + past` where there is a past.
///
/// Source: fitted to AIConfigurator 0.11's measured tables (Apache-2.0), bf16, without a past.
///
/// @param compute `e`, share of the bf16 peak
/// @param shortage `c`, tokens: how much short sequences lose
/// @param bandwidth `e2`, share of the memory's bandwidth
/// @param start `t0` in seconds
/// @param meanError of the time, on the measurements it was fitted to
/// @param widestError that nine of ten of them keep to
public record PrefillAttentionLaw(
        double compute, double shortage, double bandwidth, double start, double meanError, double widestError) {
    /// What one device attends with.
    ///
    /// @param queryHeads on this device
    /// @param keyValueHeads on this device, at least 1
    /// @param headSize elements
    /// @param cacheBytes of one cached element
    public record Heads(double queryHeads, double keyValueHeads, double headSize, double cacheBytes) {}

    /// @param sequences how many
    /// @param tokens new ones of each
    /// @param past cached ones of each, 0 for none
    /// @param peak bf16 FLOP/s
    /// @param bytesPerSecond of the memory
    public double seconds(
            Heads heads, double sequences, double tokens, double past, double peak, double bytesPerSecond) {
        double width = heads.queryHeads() * heads.headSize();
        double work = 4 * width * sequences * (tokens * past + tokens * (tokens + 1) / 2);
        double keyValues = 2 * heads.keyValueHeads() * heads.headSize() * (tokens + past) * heads.cacheBytes();
        return work / (peak * compute) * (1 + shortage / (tokens + past))
                + (4 * tokens * width + keyValues) * sequences / (bytesPerSecond * bandwidth)
                + start;
    }
}
