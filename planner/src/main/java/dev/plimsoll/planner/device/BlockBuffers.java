package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import java.util.HashSet;
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
        return gathers()
                ? bytes(precision().weights(), dealtOut(block, block.block().parameters()))
                : 0;
    }

    /// Bytes gathered and accumulated for a way back.
    long backward(TrainingProgram.Step block, StagePass.Kind kind) {
        if (steps.backward(block, kind).isEmpty()) {
            return 0;
        }
        List<Parameter> scattered = dealtOut(block, scattered(block, kind));
        return forward(block) + (scatters() ? bytes(precision().gradients(), scattered) : 0);
    }

    /// Those that the device has a share of: one that no other device holds too is held whole anyway.
    private List<Parameter> dealtOut(TrainingProgram.Step block, List<Parameter> parameters) {
        Set<String> shared = new HashSet<>();
        for (ParameterPart part : program.parameters()) {
            if (SharingGroup.of(program, part).members() > 1) {
                shared.add(part.tensor());
            }
        }
        return parameters.stream()
                .filter(parameter -> shared.contains(tensor(block, parameter)))
                .toList();
    }

    private static String tensor(TrainingProgram.Step block, Parameter parameter) {
        return switch (parameter.sharing()) {
            case EACH_LAYER -> block.label() + "/" + parameter.name();
            case WHOLE_MODEL -> parameter.name();
        };
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
