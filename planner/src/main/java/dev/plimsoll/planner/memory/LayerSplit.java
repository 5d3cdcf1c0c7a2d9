package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;

/// How one layer is split over devices.
///
/// @param tensor devices that hold a part of each matrix
/// @param context devices that hold a part of each sequence
/// @param expert devices among which experts are dealt out
/// @param expertTensor devices that hold a part of each expert's matrices
public record LayerSplit(
        int tensor, SequenceSplit sequence, int context, ContextExchange exchange, int expert, int expertTensor) {
    /// One device.
    public static final LayerSplit NONE = of(Parallelism.NONE);

    public static LayerSplit of(Parallelism parallelism) {
        return new LayerSplit(
                parallelism.tensor().degree(),
                parallelism.tensor().sequence(),
                parallelism.context().degree(),
                parallelism.context().exchange(),
                parallelism.expert().degree(),
                parallelism.expert().tensorDegree());
    }

    /// Devices over which tokens are split where a tensor has no axis that is.
    public int sequenceShards() {
        return switch (sequence) {
            case WHOLE -> 1;
            case SPLIT -> tensor;
        };
    }
}
