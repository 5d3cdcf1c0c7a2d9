package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Parameter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// A Transformer as a program: parts, of runs of identical layers, of operators.
///
/// @param architecture the family, for example `llama`
/// @param maxPositions the longest context it was made for, where its file says so
public record Transformer(String architecture, List<Part> parts, OptionalLong maxPositions) {
    public Transformer {
        parts = List.copyOf(parts);
        Set<String> names = new HashSet<>();
        for (Part part : parts) {
            if (!names.add(part.name())) {
                throw new IllegalArgumentException("two parts are called " + part.name());
            }
        }
        Map<String, Parameter> shared = new HashMap<>();
        for (Part part : parts) {
            part.runs().forEach(run -> requireOneMeaning(shared, run.block()));
        }
    }

    /// Whether it works on text. What does not, works on the patches of images.
    public boolean readsText() {
        for (Part part : parts) {
            if (part.kind() == Part.Kind.TEXT_DECODER || part.kind() == Part.Kind.TEXT_ENCODER) {
                return true;
            }
        }
        return false;
    }

    private static void requireOneMeaning(Map<String, Parameter> shared, Block block) {
        for (Parameter parameter : block.parameters()) {
            if (parameter.sharing() == Parameter.Sharing.WHOLE_MODEL
                    && !parameter.equals(shared.merge(parameter.name(), parameter, (known, found) -> known))) {
                throw new IllegalArgumentException("the shared parameter " + parameter.name() + " is "
                        + shared.get(parameter.name()) + " and " + parameter);
            }
        }
    }
}
