package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Every parameter of a model once: a shared one where it is met first, a layer's own once for each layer.
public final class DistinctParameters {
    /// A parameter where it stands.
    ///
    /// @param copies how many tensors of this kind there are: the run's length, or 1 where the model has one
    public record Occurrence(Part part, LayerRun run, Parameter parameter, long copies) {}

    private DistinctParameters() {}

    /// In execution order.
    public static List<Occurrence> of(List<Part> parts) {
        List<Occurrence> occurrences = new ArrayList<>();
        Map<String, Parameter> shared = new HashMap<>();
        for (Part part : parts) {
            for (LayerRun run : part.runs()) {
                for (Parameter parameter : run.block().parameters()) {
                    switch (parameter.sharing()) {
                        case EACH_LAYER -> occurrences.add(new Occurrence(part, run, parameter, run.count()));
                        case WHOLE_MODEL -> {
                            if (shared.putIfAbsent(parameter.name(), parameter) == null) {
                                occurrences.add(new Occurrence(part, run, parameter, 1));
                            }
                        }
                    }
                }
            }
        }
        return occurrences;
    }
}
