package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.serving.Engine.EmbeddingPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What to change so that a job fits: one thing at a time, each tried and found to fit.
final class Suggestions {
    private static final double LARGEST_SHARE = 0.95;

    private final ServingJob job;
    private final List<String> found = new ArrayList<>();

    private Suggestions(ServingJob job) {
        this.job = job;
    }

    /// Options to paste, each checked.
    static List<String> of(ServingJob job) {
        Suggestions suggestions = new Suggestions(job);
        suggestions.shorter();
        suggestions.narrower();
        suggestions.shorterAndNarrower();
        suggestions.onHost();
        suggestions.moreDevices();
        suggestions.share();
        return List.copyOf(suggestions.found);
    }

    private void shorter() {
        solved(Solved.Question.MAX_MODEL_LEN, "--max-model-len ");
        if (job.limits().sequences() > 1) {
            solved(Solved.Question.MAX_NUM_SEQS, "--max-num-seqs ");
        }
    }

    private void solved(Solved.Question question, String option) {
        Solved solved = FitSolver.solve(question, job);
        if (solved.value().isPresent() && solved.value().get() instanceof Solved.Value.Count(long count)) {
            found.add(option + count);
        }
    }

    private void narrower() {
        Optional<ServingJob> cache =
                FitSolver.narrowerCaches(job).stream().filter(FitSolver::fits).findFirst();
        cache.ifPresent(other -> found.add("--kv-cache-dtype " + other.cache().name()));
        long bytes = weights(job);
        for (String type : job.engine().weightTypes()) {
            ServingJob other = job.withModel(job.model().withFormat(WeightFormat.named(type)));
            if (weights(other) < bytes && FitSolver.fits(other)) {
                found.add("--dtype " + type);
                return;
            }
        }
    }

    /// Two changes at once, where one is not enough on the same devices.
    private void shorterAndNarrower() {
        if (!found.isEmpty()) {
            return;
        }
        for (String type : job.engine().weightTypes()) {
            ServingJob other = job.withModel(job.model().withFormat(WeightFormat.named(type)));
            Solved solved = FitSolver.solve(Solved.Question.MAX_MODEL_LEN, other);
            if (solved.value().isPresent() && solved.value().get() instanceof Solved.Value.Count(long count)) {
                found.add("--dtype " + type + " --max-model-len " + count);
                return;
            }
        }
    }

    private static long weights(ServingJob job) {
        return ServingMemory.of(job).worst().bytes(MemoryLine.Kind.WEIGHTS);
    }

    private void onHost() {
        if (job.engine().embedding() != EmbeddingPlace.HOST) {
            return;
        }
        long layers = StageSlices.layers(job.model().transformer());
        if (JobCheck.experts(job.model().transformer()) > 0) {
            long kept = Solver.largest(-1, layers - 1, count -> FitSolver.fits(job.withHost(experts(layers - count))));
            if (kept >= 0) {
                found.add("--n-cpu-moe " + (layers - kept));
            }
        }
        long most = Solver.largest(-1, layers, count -> FitSolver.fits(job.withHost(layers(count))));
        if (most >= 0) {
            found.add("--gpu-layers " + most);
        }
    }

    private HostShare experts(long count) {
        return new HostShare(job.host().deviceLayers(), count);
    }

    private HostShare layers(long count) {
        return new HostShare(OptionalLong.of(count), job.host().hostExpertLayers());
    }

    /// As wide as a domain first, since that is faster; then the fewest devices, where those are fewer still.
    private void moreDevices() {
        Optional<ServingLayout> wide = FitSolver.widest(job);
        wide.ifPresent(layout -> found.add(option(layout)));
        long most = wide.map(ServingLayout::devices).orElse(Long.MAX_VALUE);
        FitSolver.leastDevices(job)
                .filter(layout -> layout.devices() < most && !option(layout).isEmpty())
                .ifPresent(layout -> found.add(option(layout)));
    }

    private static String option(ServingLayout layout) {
        List<String> options = new ArrayList<>();
        if (layout.tensor() > 1) {
            options.add("--tensor-parallel-size " + layout.tensor());
        }
        if (layout.pipeline() > 1) {
            options.add("--pipeline-parallel-size " + layout.pipeline());
        }
        return String.join(" ", options);
    }

    private void share() {
        double now = ServingMemory.of(job).share().orElse(1);
        if (job.engine().share().isPresent() && now < LARGEST_SHARE) {
            ServingJob other = new ServingJob(
                    job.model(),
                    job.draft(),
                    job.adapters(),
                    job.cache(),
                    job.engine(),
                    OptionalDouble.of(LARGEST_SHARE),
                    job.reserve(),
                    job.accelerator(),
                    job.layout(),
                    job.limits(),
                    job.host());
            if (FitSolver.fits(other)) {
                found.add("--gpu-memory-utilization " + LARGEST_SHARE);
            }
        }
    }
}
