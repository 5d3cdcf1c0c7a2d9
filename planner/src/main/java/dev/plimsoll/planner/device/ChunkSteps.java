package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.DeviceProgram.Chunk;
import dev.plimsoll.model.rewrite.DividedBackward;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.training.Tensors;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// A chunk's steps in the order of its passes, and which of them reads each tensor last.
///
/// A step is numbered over forward pass, backward pass and put-off gradients. A gradient of a value is read by the steps
/// of the operator that wrote it.
final class ChunkSteps {
    private static final String GRADIENT = "gradient of ";
    private static final int NEVER = -1;

    private final Chunk chunk;
    private final Tensors names;
    private final SequencedMap<String, DividedBackward> backward = new LinkedHashMap<>();
    private final Map<String, Integer> lastForward = new HashMap<>();
    private final Map<String, Integer> last = new HashMap<>();
    private final Set<String> kept = new HashSet<>();
    private final Map<String, Set<Kept>> findings = new HashMap<>();
    private int forwardSteps;

    ChunkSteps(Chunk chunk, DeviceRun run) {
        this.chunk = chunk;
        this.names = new Tensors(chunk.program());
        int step = 0;
        for (TrainingProgram.Step block : chunk.program().blocks()) {
            backward.put(
                    block.label(),
                    DividedBackward.of(
                            block.backward(),
                            run.program().parallelism().pipeline().schedule()));
            block.backward().kept().forEach(tensor -> kept.add(name(block, tensor)));
            for (Operator operator : block.block().operators()) {
                for (Value read : operator.reads()) {
                    lastForward.put(name(block, read), step);
                }
                step++;
            }
        }
        forwardSteps = step;
        for (StagePass.Kind kind : List.of(StagePass.Kind.BACKWARD, StagePass.Kind.WEIGHT_GRADIENTS)) {
            for (TrainingProgram.Step block : chunk.program().blocks().reversed()) {
                for (BackwardStep backwardStep : backward(block, kind)) {
                    read(block, backwardStep, step++);
                }
            }
        }
    }

    private void read(TrainingProgram.Step block, BackwardStep backwardStep, int step) {
        switch (backwardStep) {
            case BackwardStep.Rerun(Operator operator) ->
                operator.reads().forEach(value -> last.put(name(block, value), step));
            case BackwardStep.Gradient gradient -> {
                for (Kept kept : gradient.reads()) {
                    last.put(name(block, kept), step);
                    if (kept instanceof Kept.Found found) {
                        findings.computeIfAbsent(block.label() + "." + found.operator(), key -> new LinkedHashSet<>())
                                .add(kept);
                    }
                }
                gradient.operator().writes().forEach(value -> last.put(gradient(block, value), step));
            }
        }
    }

    List<BackwardStep> backward(TrainingProgram.Step block, StagePass.Kind kind) {
        DividedBackward divided = backward.get(block.label());
        if (divided == null) {
            throw new IllegalArgumentException(block.label() + " is of another chunk");
        }
        return switch (kind) {
            case FORWARD -> List.of();
            case BACKWARD -> divided.backward();
            case WEIGHT_GRADIENTS -> divided.weights();
        };
    }

    Chunk chunk() {
        return chunk;
    }

    int forwardSteps() {
        return forwardSteps;
    }

    String name(TrainingProgram.Step block, Value value) {
        return names.name(block, value);
    }

    String name(TrainingProgram.Step block, Kept tensor) {
        return names.name(block, tensor);
    }

    String gradient(TrainingProgram.Step block, Value value) {
        return GRADIENT + name(block, value);
    }

    boolean isKept(String name) {
        return kept.contains(name);
    }

    /// Whether a tensor is let go at the end of a step.
    boolean isOver(String name, int step) {
        if (step < forwardSteps) {
            return !kept.contains(name) && lastForward.getOrDefault(name, NEVER) <= step;
        }
        return last.getOrDefault(name, NEVER) <= step;
    }

    /// What an operator finds that some gradient reads.
    Set<Kept> findings(TrainingProgram.Step block, Operator operator) {
        return findings.getOrDefault(block.label() + "." + operator.name(), Set.of());
    }
}
