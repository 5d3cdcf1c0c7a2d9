package dev.plimsoll.engine.training;

import java.util.List;

/// Where a model's parameters come from.
@FunctionalInterface
public interface ParameterSource {
    /// One parameter's elements.
    ///
    /// @throws dev.plimsoll.model.failure.InputException where there is none
    Given read(ParameterPlace place);

    /// A parameter as it was given.
    ///
    /// @param dimensions outermost first, to be compared with [dev.plimsoll.model.operator.Parameter#fileDimensions()]
    /// @param elements as many as the dimensions' product, the innermost dimension fastest
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    record Given(List<Long> dimensions, float[] elements) {
        public Given {
            dimensions = List.copyOf(dimensions);
        }
    }
}
