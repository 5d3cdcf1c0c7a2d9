package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Whole parameters and gradients that a device holds while it works on a block, where it has only a share of them.
///
/// Weights that are dealt out are gathered for each block, on either way; gradients that are dealt out are whole from
/// the start of a block's part of a pass until they are scattered at its end.
record BlockBuffers(DeviceProgram program, ChunkSteps steps) {
    /// Bytes gathered for the forward pass.
    long forward(TrainingProgram.Step block) {
        return gathers() ? bytes(precision().weights(), block.block().parameters()) : 0;
    }

    /// Bytes gathered and accumulated for a way back.
    long backward(TrainingProgram.Step block, StagePass.Kind kind) {
        if (steps.backward(block, kind).isEmpty()) {
            return 0;
        }
        return forward(block) + (scatters() ? bytes(precision().gradients(), scattered(block, kind)) : 0);
    }

    /// The parameters whose gradients a block's part of a pass adds to, in the block's order.
    List<Parameter> scattered(TrainingProgram.Step block, StagePass.Kind kind) {
        Set<Parameter> trained = new LinkedHashSet<>();
        for (BackwardStep step : steps.backward(block, kind)) {
            if (step instanceof BackwardStep.Gradient gradient) {
                trained.addAll(gradient.parameters());
            }
        }
        return block.block().parameters().stream().filter(trained::contains).toList();
    }

    boolean gathers() {
        return program.parallelism().data().sharding() == Sharding.WEIGHTS;
    }

    boolean scatters() {
        return gathers() || program.parallelism().data().sharding() == Sharding.GRADIENTS;
    }

    private Precision precision() {
        return steps.chunk().program().execution().precision();
    }

    private static long bytes(DataType type, List<Parameter> parameters) {
        return parameters.stream()
                .mapToLong(parameter -> type.bytes(parameter.elements()).count())
                .sum();
    }
}
