package dev.plimsoll.engine.training;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Dimension;
import java.util.ArrayList;
import java.util.List;

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

    /// Of the tensor that holds it, the innermost last.
    public List<Integer> sizes() {
        List<Integer> sizes = new ArrayList<>();
        for (Dimension dimension : parameter.shape().dimensions()) {
            if (dimension instanceof Dimension.Fixed fixed) {
                sizes.add(Math.toIntExact(fixed.size()));
            }
        }
        return sizes;
    }
}
