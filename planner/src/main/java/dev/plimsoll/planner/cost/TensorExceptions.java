package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.Parameter;
import java.util.Optional;

/// What is said of single tensors and goes before a format's rule.
@FunctionalInterface
public interface TensorExceptions {
    TensorExceptions NONE = (parameter, layer) -> Optional.empty();

    /// Empty where the rule holds.
    Optional<Held> of(Parameter parameter, long layer);

    /// How such a tensor is held.
    sealed interface Held {
        /// In the type of all that is not converted.
        record AsItWas() implements Held {}

        record Converted(MatrixScheme scheme) implements Held {}
    }
}
