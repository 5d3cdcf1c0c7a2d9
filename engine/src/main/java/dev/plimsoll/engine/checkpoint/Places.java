package dev.plimsoll.engine.checkpoint;

import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Every parameter of a program once, in the order of their first use.
public final class Places {
    private Places() {}

    public static List<ParameterPlace> of(TrainingProgram program) {
        Map<String, ParameterPlace> places = new LinkedHashMap<>();
        for (TrainingProgram.Step step : program.blocks()) {
            step.block()
                    .parameters()
                    .forEach(parameter -> add(new ParameterPlace(step.label(), step.layer(), parameter), places));
        }
        return List.copyOf(places.values());
    }

    public static List<ParameterPlace> of(InferenceProgram program) {
        Map<String, ParameterPlace> places = new LinkedHashMap<>();
        for (InferenceProgram.Step step : program.steps()) {
            step.block()
                    .parameters()
                    .forEach(parameter -> add(new ParameterPlace(step.label(), step.layer(), parameter), places));
        }
        return List.copyOf(places.values());
    }

    private static void add(ParameterPlace place, Map<String, ParameterPlace> places) {
        places.putIfAbsent(place.name(), place);
    }
}
