package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/// What is the same in every micro-batch.
///
/// @param lifetimes for each of the program's blocks
record TrainingSetup(
        TrainingProgram program,
        List<Lifetimes> lifetimes,
        ParameterStore parameters,
        OperatorExecution execution,
        Recorder recorder) {
    TrainingSetup {
        lifetimes = List.copyOf(lifetimes);
    }

    static TrainingSetup of(
            TrainingProgram program, ParameterStore parameters, OperatorExecution execution, Recorder recorder) {
        // Identical layers share their backward pass, and so their lifetimes.
        IdentityHashMap<BlockBackward, Lifetimes> known = new IdentityHashMap<>();
        List<Lifetimes> lifetimes = new ArrayList<>();
        for (TrainingProgram.Step step : program.blocks()) {
            lifetimes.add(known.computeIfAbsent(step.backward(), backward -> new Lifetimes(step.block(), backward)));
        }
        return new TrainingSetup(program, lifetimes, parameters, execution, recorder);
    }
}
