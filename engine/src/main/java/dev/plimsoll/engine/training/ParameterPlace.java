package dev.plimsoll.engine.training;

import dev.plimsoll.model.operator.Parameter;

/// A parameter where it stands: in one layer, or in the whole model where layers share it.
///
/// @param label of the block that reads it first
/// @param layer what `{layer}` in its tensor names stands for
public record ParameterPlace(String label, long layer, Parameter parameter) {
    /// Unique within a model: `text.3/attention.query.weight`, and without a label where the model has but one.
    public String name() {
        return switch (parameter.sharing()) {
            case EACH_LAYER -> label + "/" + parameter.name();
            case WHOLE_MODEL -> parameter.name();
        };
    }
}
