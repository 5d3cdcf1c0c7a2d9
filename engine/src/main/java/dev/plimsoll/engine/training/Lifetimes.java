package dev.plimsoll.engine.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// When each tensor of a block is released: after its last reader, on either way.
///
/// Forward, a value goes after the operator that reads it last, or that makes it where nobody reads it; not what is
/// kept, and not the block's first output. Backward, what was kept or made again goes after the step that reads it last,
/// or that makes it again where no later one does. The batch's inputs have lifetimes of their own. Named by
/// [Kept#name()].
final class Lifetimes {
    private final Block block;
    private final WayBack wayBack;
    private final Set<String> kept = new HashSet<>();
    /// The number of the backward step that reads a tensor last.
    private final Map<String, Integer> lastRead = new HashMap<>();

    /// The number of the last step that takes gradients of an operator.
    private final Map<String, Integer> lastGradient = new HashMap<>();

    private final List<List<String>> afterForward = new ArrayList<>();

    Lifetimes(Block block, WayBack wayBack) {
        this.block = block;
        this.wayBack = wayBack;
        wayBack.kept().forEach(tensor -> kept.add(tensor.name()));
        walkForward();
        walkBackward();
    }

    private void walkForward() {
        Map<String, Integer> last = new HashMap<>();
        block.inputs().forEach(input -> last.put(input.name(), 0));
        for (int i = 0; i < block.operators().size(); i++) {
            Operator operator = block.operators().get(i);
            for (Value read : operator.reads()) {
                last.put(read.name(), i);
            }
            for (Value written : operator.writes()) {
                last.put(written.name(), i);
            }
            afterForward.add(new ArrayList<>());
        }
        batchInputs(block).forEach(input -> last.remove(input.name()));
        kept.forEach(last::remove);
        last.remove(block.outputs().getFirst().name());
        last.forEach((name, operator) -> afterForward.get(operator).add(name));
    }

    private void walkBackward() {
        List<BackwardStep> steps = wayBack.steps();
        for (int i = 0; i < steps.size(); i++) {
            for (String read : reads(steps.get(i))) {
                lastRead.put(read, i);
            }
            if (steps.get(i) instanceof BackwardStep.Gradient gradient) {
                lastGradient.put(gradient.operator().name(), i);
            }
        }
    }

    WayBack wayBack() {
        return wayBack;
    }

    /// What a step reads of the forward pass.
    static List<String> reads(BackwardStep step) {
        return switch (step) {
            case BackwardStep.Rerun(Operator operator) ->
                operator.reads().stream().map(Value::name).toList();
            case BackwardStep.Gradient gradient ->
                gradient.reads().stream().map(Kept::name).toList();
        };
    }

    /// The block's inputs that come from the batch, not from the block before.
    static List<Value> batchInputs(Block block) {
        return block.inputs().stream()
                .filter(input -> input.content() == Value.Content.INDEX)
                .toList();
    }

    boolean keeps(String name) {
        return kept.contains(name);
    }

    /// Values released after the forward operator of that number.
    List<String> afterForward(int operator) {
        return afterForward.get(operator);
    }

    /// Whether no backward step after that one takes gradients of the operator.
    boolean isLastGradient(Operator operator, int step) {
        return lastGradient.getOrDefault(operator.name(), -1) <= step;
    }

    /// Whether a backward step after that one reads it.
    boolean isReadAfter(String name, int step) {
        return lastRead.getOrDefault(name, -1) > step;
    }
}
