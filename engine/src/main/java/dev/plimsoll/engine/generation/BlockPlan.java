package dev.plimsoll.engine.generation;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What is known of a block before it is run: what each attention expands, and when each value has been read for the
/// last time.
///
/// @param expansions of the attentions, by name
/// @param lastReader by value name, the place of the last operator that reads it; its own maker where nobody does
record BlockPlan(Block block, Map<String, Expansion> expansions, Map<String, Integer> lastReader) {
    static BlockPlan of(Block block) {
        Map<String, Expansion> expansions = new HashMap<>();
        Map<String, Integer> lastReader = new HashMap<>();
        for (int at = 0; at < block.operators().size(); at++) {
            Operator operator = block.operators().get(at);
            for (Value written : operator.writes()) {
                lastReader.put(written.name(), at);
            }
            for (Value read : operator.reads()) {
                lastReader.put(read.name(), at);
            }
            if (operator instanceof Operator.Attention attention) {
                expansions.put(attention.name(), Expansion.of(block, attention));
                for (Value kept : attention.cached()) {
                    lastReader.put(kept.name(), at);
                }
            }
        }
        return new BlockPlan(block, Map.copyOf(expansions), Map.copyOf(lastReader));
    }

    Expansion expansion(Operator.Attention attention) {
        return Objects.requireNonNull(expansions.get(attention.name()));
    }

    /// The values that nobody reads after the operator at that place, but the block's output.
    List<String> doneAfter(int place) {
        String output = block.outputs().getFirst().name();
        return lastReader.entrySet().stream()
                .filter(entry -> entry.getValue() == place && !entry.getKey().equals(output))
                .map(Map.Entry::getKey)
                .toList();
    }
}
