package dev.plimsoll.cli;

import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.serving.Engine;
import dev.plimsoll.planner.serving.Fit;
import dev.plimsoll.planner.serving.JobCheck;
import dev.plimsoll.planner.serving.ServingJob;
import dev.plimsoll.planner.serving.Solved;
import dev.plimsoll.planner.serving.Verdict;
import dev.plimsoll.report.answer.CatalogueFitAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Which of the built-in models fit a device, each in the widest type of its weights that leaves room for a usual
/// context, with the longest context that then fits.
record CatalogueFit(long devices, Engine engine, List<CatalogueFitAnswer.Row> rows) {
    private static final long USUAL_LENGTH = 4_096;

    static CatalogueFit of(ServingRequest request, ModelOptions models) {
        List<CatalogueFitAnswer.Row> rows = new ArrayList<>();
        long devices = 1;
        for (String name : Catalogue.names()) {
            LoadedModel model = models.read(name);
            ServingJob job = request.job(model, models.weightType());
            devices = job.layout().devices();
            ServingJob shortened = request.serving().hasLength() ? job : withUsualLength(job);
            if (StoredFiles.requireKnown(model).readsText()
                    && JobCheck.of(shortened).isEmpty()) {
                row(name, model, shortened, models).ifPresent(rows::add);
            }
        }
        return new CatalogueFit(devices, request.serving().engine(), rows);
    }

    private static ServingJob withUsualLength(ServingJob job) {
        long length = Math.min(USUAL_LENGTH, job.limits().maxModelLen());
        return job.withLimits(job.limits().withMaxModelLen(length));
    }

    private static Optional<CatalogueFitAnswer.Row> row(
            String name, LoadedModel model, ServingJob job, ModelOptions models) {
        for (ServingJob candidate : candidates(job, models)) {
            if (Fit.verdictOf(candidate) instanceof Verdict.Fits(long headroom)) {
                Fit longest = Fit.of(candidate, Solved.Question.MAX_MODEL_LEN);
                OptionalLong context = longest.solved()
                                .flatMap(Solved::value)
                                .filter(Solved.Value.Count.class::isInstance)
                                .isPresent()
                        ? OptionalLong.of(longest.job().limits().maxModelLen())
                        : OptionalLong.empty();
                return Optional.of(new CatalogueFitAnswer.Row(
                        name,
                        model.name(),
                        ParameterCount.of(candidate.model().transformer()).total(),
                        candidate.model().format().name(),
                        context,
                        headroom));
            }
        }
        return Optional.empty();
    }

    /// The model as it is, then in narrower types where none is asked for.
    private static List<ServingJob> candidates(ServingJob job, ModelOptions models) {
        List<ServingJob> jobs = new ArrayList<>(List.of(job));
        if (models.weightType().isEmpty()) {
            for (String type : job.engine().weightTypes()) {
                jobs.add(job.withModel(job.model().withFormat(WeightFormat.named(type))));
            }
        }
        return jobs;
    }
}
