package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.search.LayoutSearch;
import dev.plimsoll.planner.search.RankedLayout;
import dev.plimsoll.planner.search.SearchControl;
import dev.plimsoll.planner.search.SearchDevices;
import dev.plimsoll.planner.search.SearchQuestion;
import dev.plimsoll.planner.search.SearchResult;
import dev.plimsoll.planner.search.SearchSpace;
import dev.plimsoll.planner.search.WholeSpace;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.report.answer.TrainAnswer;
import dev.plimsoll.report.answer.TrainMemory;
import dev.plimsoll.report.answer.TrainPlan;
import dev.plimsoll.report.answer.TrainSearch;
import dev.plimsoll.report.answer.TrainSearch.Found;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Searches the layouts of a run, and plans the best in full.
final class TrainSearcher {
    private static final double SECONDS_IN_AN_HOUR = 3600;

    /// The best by closed forms, of which the best by full plans are listed.
    private static final int PLANNED = 32;

    /// Layouts of a front that are planned in full.
    private static final long MOST_PLANNED = 64;

    private final TrainOptions options;
    private final LoadedModel model;
    private final Transformer transformer;
    private final TrainPlans plans;

    TrainSearcher(TrainOptions options, LoadedModel model, TrainPlans plans) {
        this.options = options;
        this.model = model;
        this.transformer = StoredFiles.requireKnown(model);
        this.plans = plans;
    }

    TrainAnswer answer(Console console, Interruption interruption) {
        TrainingJob job = plans.open(transformer);
        List<LayoutConstraint> constraints = options.search().constraints();
        SearchSpace space =
                LayoutConstraint.within(WholeSpace.of(job, devices(), plans.fixed(transformer)), constraints);
        SearchQuestion question = new SearchQuestion(
                job,
                options.search().objective(),
                Math.max(options.search().listed(), PLANNED),
                LayoutConstraint.longestStep(constraints));
        SearchProgress progress = new SearchProgress(console);
        SearchControl control = new SearchControl(options.search().threads(), progress::told, interruption::isAsked);
        console.progress("search: " + Numbers.grouped(space.candidates()) + " layouts");
        SearchResult result = LayoutSearch.run(question, space, control);
        return answered(result, space);
    }

    private TrainAnswer answered(SearchResult result, SearchSpace space) {
        List<Found> best = result.best().stream()
                .map(this::found)
                .sorted(better())
                .limit(options.search().listed())
                .toList();
        Optional<TrainPlan> plan = best.stream()
                .findFirst()
                .map(found -> plans.of(found.setup().job(), found.setup().cluster()));
        TrainSearch search = new TrainSearch(
                result,
                best,
                front(result),
                space.candidates(),
                options.search().objective().name().toLowerCase(Locale.ROOT));
        return TrainAnswer.of(ModelOptions.subject(model), plan).withSearch(search);
    }

    /// Those that the full plans leave on the front, the fastest first.
    private List<Found> front(SearchResult result) {
        List<Found> planned = result.front().stream()
                .limit(MOST_PLANNED)
                .map(this::found)
                .sorted(Comparator.comparingDouble(found -> found.step().seconds()))
                .toList();
        List<Found> front = new ArrayList<>();
        for (Found found : planned) {
            if (front.size() < options.search().listed()
                    && front.stream()
                            .noneMatch(faster -> bytes(faster) <= bytes(found) && devices(faster) <= devices(found))) {
                front.add(found);
            }
        }
        return front;
    }

    private static long bytes(Found found) {
        return found.memory().plan().worstStage().device();
    }

    private static long devices(Found found) {
        return found.setup().job().parallelism().devices();
    }

    /// By what the full plans say, where the search ranked by its closed forms.
    private Comparator<Found> better() {
        return switch (options.search().objective()) {
            case THROUGHPUT -> Comparator.comparingDouble(found -> found.step().seconds());
            case COST ->
                Comparator.comparingDouble(found -> found.step().seconds()
                        * found.setup().job().parallelism().devices());
            case MEMORY -> Comparator.comparingLong(TrainSearcher::bytes);
        };
    }

    private Found found(RankedLayout layout) {
        Cluster cluster = layout.devices().cluster();
        TrainingJob job = layout.job();
        return new Found(
                plans.setup(job, Optional.of(cluster)),
                TrainMemory.of(job, Optional.of(cluster.accelerator())),
                plans.step(job, cluster),
                plans.flags(job, Optional.of(cluster)));
    }

    private List<SearchDevices> devices() {
        List<DeviceRequest> requests = options.devices().requests();
        if (requests.isEmpty()
                || requests.stream().anyMatch(request -> request.count().isEmpty())) {
            throw InputException.usage(
                    "--gpu: found no number of devices beside --search, expected how many there are",
                    "Write for example --gpu h100:512.");
        }
        return requests.stream()
                .map(request ->
                        Cluster.of(request.accelerator(), request.count().orElse(1)))
                .map(cluster -> new SearchDevices(
                        cluster, options.run().price().orElse(SECONDS_IN_AN_HOUR) / SECONDS_IN_AN_HOUR))
                .toList();
    }
}
