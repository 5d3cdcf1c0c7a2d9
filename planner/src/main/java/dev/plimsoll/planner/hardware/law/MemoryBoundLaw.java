package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;

/// Time of a kernel that only moves bytes: norms, activations, copies, optimizer passes.
///
/// `t = bytes / (bandwidth share) + start`.
///
/// @param share of the memory's bandwidth that is reached
/// @param start seconds before the first byte moves
public record MemoryBoundLaw(double share, double start) {
    /// Element-wise kernels. Source: the constants that AIConfigurator 0.11 uses for all systems, 0.8 and 3 us; an upper
    /// bound of the start, since compilers fuse some of them.
    public static final Fitted<MemoryBoundLaw> ELEMENTWISE = new Fitted<>(
            new MemoryBoundLaw(0.8, 3e-6),
            "AIConfigurator 0.11, element-wise operators: 0.8 of the bandwidth and 3 us",
            Provenance.PUBLISHED);

    /// Long passes over states, as optimizers make. Source: the share of 0.66 to 0.91 that SimuMax's published systems
    /// have, its middle.
    public static final Fitted<MemoryBoundLaw> LONG_PASS = new Fitted<>(
            new MemoryBoundLaw(0.785, 3e-6),
            "the middle of 0.66 to 0.91 of the bandwidth in MooreThreads/SimuMax's systems",
            Provenance.PUBLISHED);

    /// @param bytes read and written
    /// @param bytesPerSecond of the memory
    public double seconds(double bytes, double bytesPerSecond) {
        return bytes / (bytesPerSecond * share) + start;
    }
}
