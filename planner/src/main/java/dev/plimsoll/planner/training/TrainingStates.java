package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.Trainable;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// What is held of every parameter from one step to the next, on one device.
///
/// Weights for all of them; gradients, their copy, master weights and optimizer states for those that are trained. A
/// parameter that several blocks read is held once.
///
/// @param parameters how many numbers, adapters included
/// @param trained how many of them get gradients
/// @param optimizer one that treats every number alike
public record TrainingStates(long parameters, long trained, Precision precision, Optimizer optimizer) {
    public TrainingStates {
        if (!optimizer.isElementwise()) {
            throw new IllegalArgumentException(optimizer.name() + " treats parameters differently");
        }
    }

    public static TrainingStates of(TrainingProgram program, Optimizer optimizer) {
        long parameters = 0;
        long trained = 0;
        Set<String> held = new HashSet<>();
        for (TrainingProgram.Step block : program.blocks()) {
            for (Parameter parameter : block.block().parameters()) {
                if (held.add(tensorName(block, parameter))) {
                    parameters = Math.addExact(parameters, parameter.elements());
                    if (Trainable.is(parameter, program.execution().trained())) {
                        trained = Math.addExact(trained, parameter.elements());
                    }
                }
            }
        }
        return new TrainingStates(parameters, trained, program.execution().precision(), optimizer);
    }

    /// The parameter tensors and how many numbers each holds, in the order of their first use.
    ///
    /// A layer's own tensor is called `<label>/<parameter>`, one of the whole model by its own name.
    public static SequencedMap<String, Long> tensors(TrainingProgram program) {
        SequencedMap<String, Long> tensors = new LinkedHashMap<>();
        for (TrainingProgram.Step block : program.blocks()) {
            for (Parameter parameter : block.block().parameters()) {
                tensors.putIfAbsent(tensorName(block, parameter), parameter.elements());
            }
        }
        return tensors;
    }

    private static String tensorName(TrainingProgram.Step block, Parameter parameter) {
        return switch (parameter.sharing()) {
            case EACH_LAYER -> block.label() + "/" + parameter.name();
            case WHOLE_MODEL -> parameter.name();
        };
    }

    public Bytes weights() {
        return precision.weights().bytes(parameters);
    }

    public Bytes masterWeights() {
        return copy(precision.masterWeights());
    }

    public Bytes gradients() {
        return precision.gradients().bytes(trained);
    }

    public Bytes gradientCopy() {
        return copy(precision.gradientCopy());
    }

    public Bytes optimizerStates() {
        return precision.optimizerStates().bytes(Math.multiplyExact(trained, optimizer.states()));
    }

    public Bytes total() {
        return weights()
                .plus(masterWeights())
                .plus(gradients())
                .plus(gradientCopy())
                .plus(optimizerStates());
    }

    private Bytes copy(Optional<DataType> held) {
        return held.map(type -> type.bytes(trained)).orElse(Bytes.ZERO);
    }
}
