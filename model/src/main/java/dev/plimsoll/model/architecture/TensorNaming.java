package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.TensorNames;

/// What files call a block's parameters.
@FunctionalInterface
public interface TensorNaming {
    /// A naming for models that no file holds.
    TensorNaming NONE = parameter -> TensorNames.NONE;

    /// @param parameter the name it has here, for example `attention.query.weight`
    TensorNames of(String parameter);
}
