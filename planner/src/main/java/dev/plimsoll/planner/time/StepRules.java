package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;

/// What a step costs beside the pipeline, whatever the stages.
///
/// @param sharing what data parallelism sends
/// @param precision of the parameters' states
/// @param memoryRate bytes a second that a long copy reads and writes
/// @param hostRate bytes a second to the host, which the optimizer's gradients and weights travel at where its states lie
///     there; infinite where they do not
/// @param stepSeconds of every step: loading data, logging, synchronising
/// @param straggling share by which the slowest device of all makes the others wait
/// @param window micro-batches whose way back may hide the reduction of gradients: one, or, where a stage has several
///     chunks, one of which is done while the last micro-batches of the others are under way, as many as there are stages
public record StepRules(
        WeightSharing sharing,
        Precision precision,
        Optimizer optimizer,
        double memoryRate,
        double hostRate,
        double stepSeconds,
        double straggling,
        double window) {
    /// Seconds to update so many parameters of a device.
    double optimizer(LayerTime.Parameters trained) {
        return seconds(trained.dense(), sharing.dense()) + seconds(trained.experts(), sharing.expert());
    }

    private double seconds(double parameters, Ring ring) {
        double shards = (double) ring.size();
        return OptimizerTime.seconds(parameters, shards, sharing.sharding(), precision, optimizer, memoryRate)
                + parameters / shards * (sharing.gradientBytes() + sharing.weightBytes()) / hostRate;
    }
}
