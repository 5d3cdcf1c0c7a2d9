package dev.plimsoll.planner.serving;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Breakdown;
import dev.plimsoll.planner.result.Factor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an engine's runtime keeps beside weights, activations and cache.
final class RuntimeLines {
    private RuntimeLines() {}

    /// @param activations of the same device
    static List<MemoryLine> of(ServingJob job, long activations) {
        if (job.reserve().isPresent()) {
            long rest = Math.max(0, job.reserve().getAsLong() - activations);
            return List.of(line("runtime", rest, "--reserve, of which activations are a part", Provenance.ASSUMED));
        }
        long aside = MemoryBudget.setAside(job);
        if (aside > 0) {
            long rest = Math.max(0, aside - activations);
            return List.of(line(
                    "context and what the engine sets aside", rest, job.engine().budgetSource(), Provenance.PUBLISHED));
        }
        List<MemoryLine> lines = new ArrayList<>();
        Optional<RuntimeRow> context = job.engine()
                .runtime(job.accelerator().memory().whole(), job.layout().tensor());
        context.ifPresent(
                row -> lines.add(line("context, libraries and buffers", row.bytes(), row.source(), row.provenance())));
        switch (job.engine().graphs()) {
            case GraphRule.NotCounted() -> {}
            case GraphRule.Fixed(long bytes) ->
                lines.add(line("CUDA graphs", bytes, "0.3 to 1.5 GiB in users' logs", Provenance.ASSUMED));
        }
        long counted = activations + lines.stream().mapToLong(MemoryLine::bytes).sum();
        long slack = job.engine().leastReserve() - counted;
        if (slack > 0) {
            lines.add(line("allocator's slack", slack, "taken to be 1 GiB with all above", Provenance.ASSUMED));
        }
        return lines;
    }

    private static MemoryLine line(String name, long bytes, String source, Provenance provenance) {
        return new MemoryLine(
                MemoryLine.Kind.RUNTIME,
                name,
                Breakdown.leaf(name, List.of(new Factor("bytes", bytes))),
                source,
                provenance);
    }
}
