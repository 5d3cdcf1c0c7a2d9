package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod.FurtherTokens;
import java.util.ArrayList;
import java.util.List;

/// What no line of a plan holds, so that nobody takes silence for zero.
final class NotCounted {
    private NotCounted() {}

    static List<String> of(TrainingJob job) {
        List<String> missing = new ArrayList<>(List.of(
                "kernels' workspaces (tens of MiB each)",
                "the batch's token numbers and masks",
                "the host's memory",
                "checkpoints while they are written"));
        List<String> parts = job.model().parts().stream()
                .filter(part -> part.kind() == Part.Kind.VISION_ENCODER
                        || part.kind() == Part.Kind.AUDIO_ENCODER
                        || part.kind() == Part.Kind.PROJECTOR
                        || part.kind() == Part.Kind.POOLER)
                .map(Part::name)
                .toList();
        if (!parts.isEmpty()) {
            missing.add("parts beside the text stack: " + String.join(", ", parts));
        }
        boolean further =
                job.model().parts().stream().anyMatch(part -> part.kind() == Part.Kind.NEXT_TOKENS_PREDICTION);
        if (further && job.method().furtherTokens() == FurtherTokens.LEFT_OUT) {
            missing.add("layers that predict further tokens");
        }
        return missing;
    }
}
