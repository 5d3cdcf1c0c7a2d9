package dev.plimsoll.cli;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.result.Feasibility;
import dev.plimsoll.planner.search.FixedChoices;
import dev.plimsoll.planner.time.StepPlan;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.report.answer.TrainMemory;
import dev.plimsoll.report.answer.TrainPlan;
import dev.plimsoll.report.answer.TrainSetup;
import dev.plimsoll.report.answer.TrainStep;
import dev.plimsoll.report.answer.TrainTotals;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/// Plans one layout in full: memory, time, and what asks for it.
final class TrainPlans {
    private final TrainOptions options;
    private final ParseResult typed;
    private final String reference;

    TrainPlans(TrainOptions options, ParseResult typed) {
        this.options = options;
        this.typed = typed;
        this.reference = typed.matchedPositionals().stream()
                .flatMap(positional -> positional.stringValues().stream())
                .findFirst()
                .orElse("");
    }

    /// @param cluster empty where no device was named
    TrainPlan of(TrainingJob job, Optional<Cluster> cluster) {
        TrainMemory memory = TrainMemory.of(job, cluster.map(Cluster::accelerator));
        Optional<TrainStep> step = cluster.map(known -> step(job, known));
        return new TrainPlan(
                setup(job, cluster),
                memory,
                step,
                new TrainTotals(options.run().question(job), step),
                options.search().emitted().map(framework -> LaunchPlans.write(job, reference, framework)),
                remedies(memory, job, cluster),
                flags(job, cluster));
    }

    private static List<String> remedies(TrainMemory memory, TrainingJob job, Optional<Cluster> cluster) {
        boolean needed = memory.feasibility()
                .map(verdict -> switch (verdict) {
                    case Feasibility.Fits _ -> false;
                    case Feasibility.DoesNotFit _ -> true;
                })
                .orElse(false);
        return needed ? cluster.map(known -> TrainRemedies.of(job, known)).orElse(List.of()) : List.of();
    }

    TrainStep step(TrainingJob job, Cluster cluster) {
        return new TrainStep(
                StepPlan.of(job, cluster),
                options.measured().basis(),
                options.measured().convention());
    }

    TrainSetup setup(TrainingJob job, Optional<Cluster> cluster) {
        return new TrainSetup(
                job,
                cluster,
                RecomputeWords.print(job.method().recomputation()),
                options.batch().assumed(job.batch()));
    }

    String flags(TrainingJob job, Optional<Cluster> cluster) {
        String gpu = cluster.map(known -> known.accelerator().name() + ":" + known.devices())
                .orElse("");
        return LayoutFlags.again(typed, job, gpu);
    }

    /// A run whose layout is left to a search.
    TrainingJob open(Transformer transformer) {
        TrainingBatch batch = new TrainingBatch(
                options.batch().searched(),
                1,
                options.batch().batch(transformer, 1).sequenceLength());
        return new TrainingJob(
                transformer, Parallelism.NONE, batch, options.method().method());
    }

    /// What a search is to leave as it is.
    FixedChoices fixed(Transformer transformer) {
        return options.layout()
                .fixed(
                        layers(transformer),
                        options.batch().microBatch(),
                        options.method().recomputation());
    }

    /// Layers of the text that a pipeline deals out.
    static long layers(Transformer model) {
        return model.parts().stream()
                .filter(part -> part.kind() == Part.Kind.TEXT_DECODER)
                .flatMap(part -> part.runs().stream())
                .mapToLong(LayerRun::count)
                .max()
                .orElse(1);
    }
}
