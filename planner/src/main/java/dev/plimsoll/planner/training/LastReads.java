package dev.plimsoll.planner.training;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which step of a program, counted from 0 over forward and backward pass, is the last to read each tensor.
///
/// Gradients of values have no entry: the operator that wrote the value is the only one that reads its gradient.
final class LastReads {
    private static final int NEVER = -1;

    private final Tensors names;
    private final Map<String, Integer> last = new HashMap<>();
    private final Map<String, Integer> lastForward;
    private final Set<String> kept = new HashSet<>();
    private final Map<String, List<Kept>> findings = new HashMap<>();
    private final int forwardSteps;
    private int step;

    LastReads(TrainingProgram program, Tensors names) {
        this.names = names;
        for (TrainingProgram.Step block : program.blocks()) {
            for (Operator operator : block.block().operators()) {
                operator.reads().forEach(value -> read(block, value));
                step++;
            }
        }
        lastForward = Map.copyOf(last);
        forwardSteps = step;
        for (TrainingProgram.Step block : program.blocks().reversed()) {
            block.backward().kept().forEach(tensor -> kept.add(names.name(block, tensor)));
            for (BackwardStep backward : block.backward().steps()) {
                switch (backward) {
                    case BackwardStep.Rerun(Operator operator) ->
                        operator.reads().forEach(value -> read(block, value));
                    case BackwardStep.Gradient gradient -> gradient.reads().forEach(kept -> read(block, kept));
                }
                step++;
            }
        }
    }

    /// Whether a tensor is let go at the end of a step: in the forward pass when it is not kept and no later operator
    /// reads it, in the backward pass when no later step reads it.
    boolean isOver(String name, int after) {
        if (after < forwardSteps) {
            return !kept.contains(name) && lastForward.getOrDefault(name, NEVER) <= after;
        }
        return last.getOrDefault(name, NEVER) <= after;
    }

    /// What an operator finds that some gradient reads.
    List<Kept> findings(TrainingProgram.Step block, Operator operator) {
        return findings.getOrDefault(block.label() + "." + operator.name(), List.of());
    }

    private void read(TrainingProgram.Step block, Value value) {
        last.put(names.name(block, value), step);
    }

    private void read(TrainingProgram.Step block, Kept kept) {
        last.put(names.name(block, kept), step);
        if (kept instanceof Kept.Found found) {
            List<Kept> known =
                    findings.computeIfAbsent(block.label() + "." + found.operator(), key -> new ArrayList<>());
            if (!known.contains(kept)) {
                known.add(kept);
            }
        }
    }
}
