package dev.plimsoll.planner.hardware.law;

/// Time of one matrix product `[M x K] x [K x N]`, from one row to many thousands.
///
/// `t = [ (F (1 + km 1000 / K) / (P e1))^p + (W / (B e2))^p ]^(1/p) + t0 + cq M K (2 + a) / B` with `F = 2 M N K` and
/// `W = w N K + a M K + 2 M N` bytes: a smooth maximum of compute and memory time, a start, and the pass that quantises
/// activations on the fly. Laws of tiles and waves were tried by those who fitted it and were worse.
///
/// Source: fitted to AIConfigurator 0.11's measured tables (Apache-2.0) for N, K >= 512 and all M.
///
/// @param compute `e1`, share of the peak
/// @param bandwidth `e2`, share of the memory's bandwidth
/// @param start `t0` in seconds
/// @param exponent `p`, from 1 (times add) upwards (the larger alone)
/// @param quantisation `cq`, 0 where activations are not quantised on the fly
/// @param depth `km`, how much shallow products lose
/// @param meanError of the time, on the measurements it was fitted to
/// @param widestError that nine of ten of them keep to
public record MatrixProductLaw(
        double compute,
        double bandwidth,
        double start,
        double exponent,
        double quantisation,
        double depth,
        double meanError,
        double widestError) {
    private static final double DEPTH_UNIT = 1000;
    private static final double OUTPUT_BYTES = 2;

    /// @param m rows, tokens
    /// @param n columns of the weight
    /// @param k depth
    /// @param weightBytes of one element, scales included
    /// @param activationBytes of one element
    /// @param peak FLOP/s
    /// @param bytesPerSecond of the memory
    public double seconds(
            double m,
            double n,
            double k,
            double weightBytes,
            double activationBytes,
            double peak,
            double bytesPerSecond) {
        double computing = 2 * m * n * k / (peak * compute) * (1 + depth * DEPTH_UNIT / k);
        double moving =
                (weightBytes * n * k + activationBytes * m * k + OUTPUT_BYTES * m * n) / (bytesPerSecond * bandwidth);
        double larger = Math.max(computing, moving);
        double smaller = Math.min(computing, moving);
        double both = larger * Math.pow(1 + Math.pow(smaller / larger, exponent), 1 / exponent);
        return both + start + quantisation * m * k * (2 + activationBytes) / bytesPerSecond;
    }
}
