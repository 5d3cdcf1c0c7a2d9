package dev.plimsoll.cli;

import dev.plimsoll.formats.launch.LaunchFramework;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.planner.search.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What is looked for: the best layout, or the largest value that still fits.
final class SearchOptions {
    private static final long MOST_LISTED = 1000;
    private static final long MOST_THREADS = 1024;
    private static final List<String> OBJECTIVES = List.of("throughput", "memory", "cost");

    @Option(
            names = "--search",
            description =
                    "Find the best layout; degrees, micro-batch and recomputation that are given stay as they are.")
    private boolean search;

    @Option(names = "--top-n", paramLabel = "N", description = "Layouts that a search lists (default: 5).")
    private String listed = "5";

    @Option(
            names = "--constraint",
            paramLabel = "CONDITION",
            description =
                    "What a layout must keep to, for example 'tp <= 8', 'pp != 3', 'step-time <= 30s'. May be repeated.")
    private List<String> constraints = new ArrayList<>();

    @Option(
            names = "--objective",
            paramLabel = "WHAT",
            description = "throughput, memory or cost (default: throughput).")
    private String objective = "throughput";

    @Option(
            names = "--emit",
            paramLabel = "FRAMEWORK",
            description = "Print the layout as flags of megatron, or as a file of deepspeed or torchtitan.")
    private String emitted = "";

    @Option(
            names = "--solve",
            paramLabel = "NAME",
            description = "Find the largest micro-batch-size or seq-length that fits, or the fewest gpus.")
    private String solved = "";

    @Option(names = "--threads", paramLabel = "N", description = "Of a search (default: one for each processor).")
    private String threads = "";

    @Option(names = "--fail-if-over-budget", description = "Exit with 3 when it does not fit.")
    private boolean failIfOverBudget;

    /// Whether what does not fit fails a build.
    boolean failsOverBudget() {
        return failIfOverBudget;
    }

    /// Refuses what is no word of its, whether or not anything is searched.
    void check() {
        constraints();
        objective();
        listed();
        emitted();
    }

    boolean isAsked() {
        return search;
    }

    int listed() {
        long count = Quantities.count("--top-n", listed);
        return (int) Math.min(count, MOST_LISTED);
    }

    int threads() {
        return threads.isEmpty()
                ? Runtime.getRuntime().availableProcessors()
                : (int) Math.min(Quantities.count("--threads", threads), MOST_THREADS);
    }

    Objective objective() {
        return switch (objective) {
            case "throughput" -> Objective.THROUGHPUT;
            case "memory" -> Objective.MEMORY;
            case "cost" -> Objective.COST;
            default -> throw Words.unknown("--objective", objective, OBJECTIVES);
        };
    }

    List<LayoutConstraint> constraints() {
        if (!constraints.isEmpty() && !search) {
            throw InputException.usage(
                    "--constraint: found without --search, expected a search that keeps to it", "Add --search.");
        }
        return constraints.stream().map(LayoutConstraint::parse).toList();
    }

    /// The framework whose file is printed, if any.
    Optional<LaunchFramework> emitted() {
        if (emitted.isEmpty()) {
            return Optional.empty();
        }
        List<String> known = Arrays.stream(LaunchFramework.values())
                .map(LaunchFramework::toString)
                .toList();
        return Optional.of(Arrays.stream(LaunchFramework.values())
                .filter(framework -> framework.toString().equals(emitted))
                .findFirst()
                .orElseThrow(() -> Words.unknown("--emit", emitted, known)));
    }

    /// What is solved for; empty for nothing.
    String solved() {
        return solved;
    }
}
