package dev.plimsoll.model.architecture;

import java.util.HashSet;
import java.util.List;
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
    }
}
