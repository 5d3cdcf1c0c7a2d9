package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A parameter and what training holds beside it.
///
/// @param weight what operators read, or the run of it that this device has of a sharded one
/// @param trained empty where it is frozen
/// @param shard the elements that this device changes
public record HeldParameter(ParameterPlace place, Tensor weight, Optional<TrainedParameter> trained, Shard shard) {
    /// What training holds beside a weight.
    ///
    /// @param master what the optimizer changes, where that is not the weight itself
    /// @param gradient what backward passes add to
    /// @param gradientCopy what the optimizer reads, where that is not the gradient itself
    /// @param states what the optimizer keeps from step to step
    public record TrainedParameter(
            Optional<Tensor> master, Tensor gradient, Optional<Tensor> gradientCopy, List<Tensor> states) {
        public TrainedParameter {
            states = List.copyOf(states);
        }

        /// The gradient that the optimizer reads: the sum over micro-batches.
        public Tensor wholeGradient() {
            return gradientCopy.orElse(gradient);
        }
    }
}
