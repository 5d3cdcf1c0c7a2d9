package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;

/// Where a model's parameters are.
@FunctionalInterface
public interface Weights {
    /// A parameter's tensor, the same for every layer where the whole model shares it.
    Tensor of(InferenceProgram.Step step, Parameter parameter);
}
