package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.search.LayoutSolver;
import dev.plimsoll.planner.search.SearchControl;
import dev.plimsoll.planner.search.SearchDevices;
import dev.plimsoll.planner.search.Solved;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.report.answer.TrainAnswer;
import dev.plimsoll.report.answer.TrainPlan;
import dev.plimsoll.report.answer.TrainSolved;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Looks for the largest or smallest value with which a run fits, over all layouts that the flags leave open.
final class TrainSolver {
    private static final long MOST_DEVICES = 100_000;
    private static final List<String> KNOWN = List.of("gpus", "micro-batch-size", "seq-length");

    private final TrainOptions options;
    private final LoadedModel model;
    private final TrainPlans plans;

    TrainSolver(TrainOptions options, LoadedModel model, TrainPlans plans) {
        this.options = options;
        this.model = model;
        this.plans = plans;
    }

    /// @param job of which the layout is left open
    TrainAnswer answer(TrainingJob job, DeviceRequest request, Interruption interruption) {
        String name = options.search().solved();
        SearchControl control = new SearchControl(options.search().threads(), _ -> {}, interruption::isAsked);
        LayoutSolver solver = LayoutSolver.of(job, plans.fixed(job.model()), control);
        Optional<Solved> solved = switch (name) {
            case "gpus" ->
                solver.fewestDevices(request.accelerator(), 1, request.count().orElse(MOST_DEVICES));
            case "micro-batch-size" -> solver.largestMicroBatch(devices(request));
            case "seq-length" -> solver.longestSequence(devices(request));
            default -> throw Words.unknown("--solve", name, KNOWN);
        };
        Optional<TrainPlan> plan = solved.map(found -> plans.of(
                found.layout().job(), Optional.of(found.layout().devices().cluster())));
        OptionalLong value = solved.map(found -> OptionalLong.of(found.value())).orElse(OptionalLong.empty());
        return TrainAnswer.of(ModelOptions.subject(model), plan).withSolved(new TrainSolved(name, value, words(name)));
    }

    private static SearchDevices devices(DeviceRequest request) {
        return SearchDevices.of(
                Cluster.of(request.accelerator(), request.count().orElse(1)));
    }

    private static String words(String name) {
        return switch (name) {
            case "gpus" -> "the fewest devices that hold it, with the fastest layout on them";
            case "micro-batch-size" -> "the largest that fits, with the fastest layout for it";
            default ->
                "the longest, in multiples of " + LayoutSolver.GRANULE + " tokens, with the fastest layout for it";
        };
    }
}
