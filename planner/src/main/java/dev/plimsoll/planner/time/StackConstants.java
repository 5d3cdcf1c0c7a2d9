package dev.plimsoll.planner.time;

import java.util.Set;

/// What a framework makes of a device: constants fitted to measured runs, or assumed where none were at hand.
///
/// @param framework the profile's name
/// @param positions models with what kind of positions these hold for
/// @param passes how often it moves what an element-wise operator reads and writes
/// @param logitBytes bytes moved for each logit by the loss, both ways
/// @param dispatch seconds that the host takes for each operator
/// @param exposure what shows of communication
/// @param up share of the scale-up link's bandwidth that its collectives reach
/// @param out share of the network's
/// @param rerun of a layer that is run again whole, the share that really is: some frameworks stop when they have what they need
/// @param eightBit the share of the peak that products in eight bits reach, over that of 16-bit ones
/// @param castTraffic bytes moved for each element of an operand that is cast to eight bits
/// @param sumTraffic bytes moved for each weight to sum its gradient up, as far as an eight-bit product does not hide them
/// @param stepSeconds of every step, whatever is in it
/// @param straggling what each doubling of the scale-up domains adds, as a share
/// @param kernels whose attention cores it runs
/// @param source of the constants
public record StackConstants(
        String framework,
        Set<Positions> positions,
        double passes,
        double logitBytes,
        double dispatch,
        Exposure exposure,
        double up,
        double out,
        double rerun,
        double eightBit,
        double castTraffic,
        double sumTraffic,
        double stepSeconds,
        double straggling,
        AttentionKernels kernels,
        String source) {
    public StackConstants {
        positions = Set.copyOf(positions);
    }

    /// How a model knows where a token stands, by which the time of its making, and so of its kernels, is told.
    public enum Positions {
        ROTARY,
        OTHER
    }

    /// Whose attention cores are run.
    public enum AttentionKernels {
        /// Kernels written in Triton, of the first generation of FlashAttention.
        TRITON,
        /// FlashAttention-2, on whatever device.
        PORTABLE,
        /// The vendor's, made for each device.
        VENDOR
    }
}
