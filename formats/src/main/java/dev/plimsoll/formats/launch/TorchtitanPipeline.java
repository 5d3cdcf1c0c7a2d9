package dev.plimsoll.formats.launch;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads torchtitan's pipeline: its schedule, and which layers stand on which chunk.
///
/// Source: pytorch/torchtitan, `torchtitan/distributed/pipeline_parallel.py` of February 2026.
final class TorchtitanPipeline {
    private final LaunchTree tree;
    private final LaunchNotes notes;

    TorchtitanPipeline(LaunchTree tree, LaunchNotes notes) {
        this.tree = tree;
        this.notes = notes;
    }

    PipelineParallel read(int degree) {
        String name = either("pipeline_parallel_schedule", "the schedule").orElse("1F1B");
        List<List<String>> parts =
                tree.lists("parallelism.module_fqns_per_model_part", "what stands on each chunk, in order");
        boolean interleaved = name.toLowerCase(Locale.ROOT).startsWith("interleaved");
        PipelineSchedule schedule = schedule(name);
        int chunks = parts.isEmpty() ? interleaved && degree > 1 ? 2 : 1 : chunks(parts, degree);
        List<Integer> layers = parts.stream()
                .map(part -> (int) part.stream()
                        .filter(module -> module.startsWith("layers."))
                        .count())
                .toList();
        return new PipelineParallel(degree, chunks, schedule, isEven(layers) ? List.of() : layers);
    }

    private int chunks(List<List<String>> parts, int degree) {
        if (parts.size() % degree != 0) {
            throw notes.contradiction(
                    parts.size() + " entries of module_fqns_per_model_part and " + degree + " stages", "a multiple");
        }
        return parts.size() / degree;
    }

    private PipelineSchedule schedule(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "gpipe" -> PipelineSchedule.GPIPE;
            case "1f1b", "interleaved1f1b" -> PipelineSchedule.ONE_FORWARD_ONE_BACKWARD;
            case "interleavedzerobubble", "zbvzerobubble" -> PipelineSchedule.ZERO_BUBBLE;
            default -> {
                notes.ignored("pipeline_parallel_schedule", name, "not modelled: 1F1B is taken");
                yield PipelineSchedule.ONE_FORWARD_ONE_BACKWARD;
            }
        };
    }

    private Optional<String> either(String key, String meaning) {
        Optional<String> now = tree.text("parallelism." + key, meaning);
        Optional<String> before = tree.text("experimental." + key, meaning);
        return now.or(() -> before);
    }

    private static boolean isEven(List<Integer> layers) {
        return layers.stream().distinct().count() <= 1;
    }
}
