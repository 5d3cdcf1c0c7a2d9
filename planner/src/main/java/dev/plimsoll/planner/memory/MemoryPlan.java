package dev.plimsoll.planner.memory;

import java.util.List;

/// What a training run takes on each stage.
///
/// @param stages in the order of the forward pass
/// @param worst the number of the stage that needs most
/// @param notCounted what is in no line, each in words
public record MemoryPlan(List<StageMemory> stages, int worst, List<String> notCounted) {
    public MemoryPlan {
        stages = List.copyOf(stages);
        notCounted = List.copyOf(notCounted);
    }

    public StageMemory worstStage() {
        return stages.get(worst);
    }
}
