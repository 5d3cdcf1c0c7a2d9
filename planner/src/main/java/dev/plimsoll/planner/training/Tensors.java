package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the tensors of a program are called, each once.
///
/// A block's value is `<label>/<value>`. A block's first input is the first output of the block before, and has its
/// name; what comes with the batch (token numbers, targets) has its own.
public final class Tensors {
    private final List<TrainingProgram.Step> blocks;
    private final Map<String, Integer> places = new HashMap<>();

    public Tensors(TrainingProgram program) {
        blocks = program.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            places.put(blocks.get(i).label(), i);
        }
    }

    public String name(TrainingProgram.Step step, Value value) {
        Block block = step.block();
        int place = places.getOrDefault(step.label(), 0);
        if (!block.inputs().contains(value)) {
            return step.label() + "/" + value.name();
        }
        if (place == 0 || !value.equals(block.inputs().getFirst())) {
            return value.name();
        }
        TrainingProgram.Step before = blocks.get(place - 1);
        return name(before, before.block().outputs().getFirst());
    }

    public String name(TrainingProgram.Step step, Kept kept) {
        return switch (kept) {
            case Kept.OfValue(Value value) -> name(step, value);
            case Kept.Found found -> step.label() + "/" + found.name();
        };
    }
}
