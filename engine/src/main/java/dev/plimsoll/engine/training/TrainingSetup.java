package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;

/// What is the same in every micro-batch.
///
/// @param lifetimes for each of the program's blocks
/// @param seat which tokens this device works on
record TrainingSetup(
        TrainingProgram program,
        List<Lifetimes> lifetimes,
        BlockParameters parameters,
        OperatorExecution execution,
        Recorder recorder,
        Seat seat) {
    TrainingSetup {
        lifetimes = List.copyOf(lifetimes);
    }

    /// Of a device alone, with all gradients at once.
    static TrainingSetup of(
            TrainingProgram program, ParameterStore parameters, OperatorExecution execution, Recorder recorder) {
        BlockParameters held = new HeldParameters(parameters);
        return of(program, step -> WayBack.atOnce(step.backward()), held, execution, recorder, Seat.ALONE);
    }

    static TrainingSetup of(
            TrainingProgram program,
            Function<TrainingProgram.Step, WayBack> wayBack,
            BlockParameters parameters,
            OperatorExecution execution,
            Recorder recorder,
            Seat seat) {
        // Identical layers share their backward pass, and so their lifetimes.
        IdentityHashMap<BlockBackward, Lifetimes> known = new IdentityHashMap<>();
        List<Lifetimes> lifetimes = new ArrayList<>();
        for (TrainingProgram.Step step : program.blocks()) {
            lifetimes.add(known.computeIfAbsent(
                    step.backward(), backward -> new Lifetimes(step.block(), wayBack.apply(step))));
        }
        return new TrainingSetup(program, lifetimes, parameters, execution, recorder, seat);
    }
}
