package dev.plimsoll.engine.generation;

import java.util.List;

/// New tokens of one sequence.
///
/// @param tokens their numbers, behind those fed before
public record Feed(Sequence sequence, List<Integer> tokens) {
    public Feed {
        tokens = List.copyOf(tokens);
    }
}
