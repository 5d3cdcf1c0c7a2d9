package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.shape.DataType;

/// What updating the weights takes a device: passes over memory.
///
/// For every parameter that a device updates: gradients are read for their norm, and read again with weights and states,
/// which are read and written. For every parameter that it holds whole: gradients are set to zero and scaled.
///
/// Source of the passes: MooreThreads/SimuMax, `optimizer` model; its time is theirs over the memory's bandwidth.
final class OptimizerTime {
    /// Seconds a tensor-wise kernel that streams states reaches of the bandwidth that a long copy does.
    private static final double READS_AND_WRITES = 2;

    private OptimizerTime() {}

    /// @param held parameters on the device, of which data parallelism deals out the optimizer's part
    /// @param shards devices it is dealt out to
    /// @param rate bytes a second that a long copy reads and writes
    static double seconds(
            double held, double shards, Sharding sharding, Precision precision, Optimizer optimizer, double rate) {
        double updated = sharding == Sharding.NONE ? held : held / shards;
        double gradient = bytes(precision.gradients());
        double master = precision.masterWeights().map(OptimizerTime::bytes).orElse(0.0);
        double states = optimizer.states() * bytes(precision.optimizerStates());
        double weights = bytes(precision.weights());
        double touched = 2 * gradient + READS_AND_WRITES * (master + states + weights);
        double swept = sharding == Sharding.WEIGHTS ? held / shards : held;
        return (updated * touched + swept * 2 * gradient) / rate;
    }

    private static double bytes(DataType type) {
        return type.bitsPerElement() / Byte.SIZE;
    }
}
