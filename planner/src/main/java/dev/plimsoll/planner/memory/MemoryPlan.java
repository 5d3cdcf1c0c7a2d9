package dev.plimsoll.planner.memory;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.List;

/// What a training run takes on each stage.
///
/// @param stages in the order of the forward pass
/// @param worst the number of the stage whose devices need most
/// @param provenance assumed where an operator's backward pass is not described
/// @param notCounted what is in no line, each in words
public record MemoryPlan(List<StageMemory> stages, int worst, Provenance provenance, List<String> notCounted) {
    public MemoryPlan {
        stages = List.copyOf(stages);
        notCounted = List.copyOf(notCounted);
    }

    /// @throws dev.plimsoll.model.failure.InputException listing every violation of the layout
    public static MemoryPlan of(TrainingJob job) {
        List<StageMemory> stages = new ArrayList<>();
        Provenance provenance = Provenance.EXACT;
        for (Layout.Stage stage : Layout.of(job).stages()) {
            StageParts parts = StageParts.of(stage, job);
            stages.add(parts.memory());
            provenance = provenance.and(parts.provenance());
        }
        int worst = 0;
        for (int at = 1; at < stages.size(); at++) {
            worst = stages.get(at).allocated() > stages.get(worst).allocated() ? at : worst;
        }
        return new MemoryPlan(stages, worst, provenance, NotCounted.of(job));
    }

    public StageMemory worstStage() {
        return stages.get(worst);
    }
}
