package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.List;
import java.util.Optional;

/// Parameters that a device holds whole, and their gradients.
record HeldParameters(ParameterStore store) implements BlockParameters {
    @Override
    public void enter(TrainingProgram.Step block, List<BackwardStep> steps) {}

    @Override
    public void leave(TrainingProgram.Step block) {}

    @Override
    public Tensor weight(TrainingProgram.Step block, Parameter parameter) {
        return store.get(block, parameter).weight();
    }

    @Override
    public Optional<Tensor> gradient(TrainingProgram.Step block, Parameter parameter) {
        return store.get(block, parameter).trained().map(HeldParameter.TrainedParameter::gradient);
    }
}
