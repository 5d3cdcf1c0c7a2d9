package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.List;
import java.util.Optional;

/// The parameters that a block's operators read, and their gradients, whole for as long as one pass is in that block.
interface BlockParameters {
    /// Makes whole what the pass needs.
    ///
    /// @param steps of the backward pass that are to be run; none on the way forward
    void enter(TrainingProgram.Step block, List<BackwardStep> steps);

    /// Gives back what was made whole.
    void leave(TrainingProgram.Step block);

    /// All of it, or all of a tensor-parallel part.
    Tensor weight(TrainingProgram.Step block, Parameter parameter);

    /// What a backward pass adds to; empty where the parameter is not trained.
    Optional<Tensor> gradient(TrainingProgram.Step block, Parameter parameter);
}
