package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import java.util.List;
import java.util.Optional;

/// What of each tensor one device holds.
public interface TensorShare {
    /// All of every tensor.
    TensorShare WHOLE = (part, whole, readers) -> Optional.of(whole);

    /// The tensor with the sizes it has on the device; empty where the device holds nothing of it.
    ///
    /// @param readers the operators that read it, in execution order
    Optional<Parameter> of(Part part, Parameter whole, List<Operator> readers);

    /// Layers of the part in the whole model, by which some formats choose a tensor's type: those of the part itself,
    /// where it is not a piece of a longer one.
    default long layers(Part part) {
        long layers = 0;
        for (LayerRun run : part.runs()) {
            layers = Math.max(layers, run.first() + run.count());
        }
        return layers;
    }
}
