package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.rewrite.DegreeCheck;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.planner.training.MicroBatch;

/// One step of training on one device.
///
/// @param batch a micro-batch as the model sees it, its sequences whole
/// @param microBatches that a replica works through in a step
/// @param copies what experts are sent
public record DeviceRun(
        DeviceProgram program, MicroBatch batch, int microBatches, Optimizer optimizer, RoutedCopies copies) {
    /// @throws InputException where sequences cannot be cut into equal parts
    public DeviceRun {
        if (microBatches < 1) {
            throw new IllegalArgumentException("a step has at least one micro-batch, not " + microBatches);
        }
        DegreeCheck.requireTokens(program.parallelism(), batch.tokens());
    }
}
