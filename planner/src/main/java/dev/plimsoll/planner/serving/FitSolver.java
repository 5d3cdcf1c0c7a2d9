package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.planner.cost.WeightBytes;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.serving.Engine.EmbeddingPlace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Finds the most that fits by asking the very function that says whether something does.
public final class FitSolver {
    private static final long MOST_SEQUENCES = 1L << 20;
    private static final long MOST_DEVICES = 1_024;
    private static final String MEMORY = "memory of the fullest device";

    private FitSolver() {}

    /// @param job without violations, but perhaps for what is solved for
    public static Solved solve(Solved.Question question, ServingJob job) {
        return switch (question) {
            case MAX_MODEL_LEN -> maxModelLen(job);
            case MAX_NUM_SEQS -> maxNumSeqs(job);
            case GPUS -> devices(job);
            case DTYPE -> weightType(job);
            case KV_CACHE_DTYPE -> cacheType(job);
        };
    }

    /// Whether the job has no violation and fits.
    public static boolean fits(ServingJob job) {
        return JobCheck.of(job).isEmpty()
                && ServingMemory.of(job)
                        .fits(job.limits().maxModelLen(), job.limits().sequences());
    }

    private static Solved maxModelLen(ServingJob job) {
        long tokens = ServingMemory.of(job).tokens(job.limits().sequences());
        OptionalLong positions = job.model().transformer().maxPositions();
        if (tokens >= StageCache.MOST_TOKENS / 2 && positions.isEmpty()) {
            return new Solved(Solved.Question.MAX_MODEL_LEN, Optional.empty(), "nothing: any length fits", job);
        }
        boolean isMade = positions.isPresent() && tokens >= positions.getAsLong();
        long value = isMade ? positions.getAsLong() : tokens;
        String binding = isMade ? "the positions that the model was made for" : MEMORY;
        return value == 0
                ? none(Solved.Question.MAX_MODEL_LEN, job)
                : count(
                        Solved.Question.MAX_MODEL_LEN,
                        value,
                        binding,
                        job.withLimits(job.limits().withMaxModelLen(value)));
    }

    private static Solved maxNumSeqs(ServingJob job) {
        long value = Solver.largest(
                0, MOST_SEQUENCES, count -> fits(job.withLimits(job.limits().withSequences(count))));
        return value == 0
                ? none(Solved.Question.MAX_NUM_SEQS, job)
                : count(
                        Solved.Question.MAX_NUM_SEQS,
                        value,
                        value == MOST_SEQUENCES ? "nothing: no more were tried" : MEMORY,
                        job.withLimits(job.limits().withSequences(value)));
    }

    private static Solved devices(ServingJob job) {
        Optional<ServingLayout> least = leastDevices(job);
        return least.map(layout -> count(
                        Solved.Question.GPUS,
                        layout.devices(),
                        "memory: fewer devices hold less",
                        job.withLayout(layout)))
                .orElseGet(() -> none(Solved.Question.GPUS, job));
    }

    /// The layout of one replica over the fewest devices that fits, split by tensor inside a domain as far as heads
    /// allow, else by layers.
    static Optional<ServingLayout> leastDevices(ServingJob job) {
        Accelerator device = job.accelerator();
        Transformer model = job.model().transformer();
        long layers = StageSlices.layers(model);
        boolean splitsTensors = job.engine().embedding() != EmbeddingPlace.HOST;
        long widest = splitsTensors ? device.node().domain() : 1;
        long weights = job.model()
                .held()
                .orElseGet(() -> WeightBytes.of(model, job.model().format()).total())
                .count();
        long first = Math.max(1, weights / 2 / device.usableMemory().whole());
        for (long count = first; count <= MOST_DEVICES; count++) {
            for (long tensor = Math.min(widest, count); tensor >= 1; tensor--) {
                long stages = count / tensor;
                if (count % tensor == 0 && stages <= layers) {
                    ServingLayout layout = ServingLayout.split(Math.toIntExact(tensor), Math.toIntExact(stages));
                    if (fits(job.withLayout(layout))) {
                        return Optional.of(layout);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// The narrowest tensor-parallel group inside a domain that fits alone, else the widest one with as few stages as do.
    static Optional<ServingLayout> widest(ServingJob job) {
        boolean splitsTensors = job.engine().embedding() != EmbeddingPlace.HOST;
        int widest = splitsTensors ? job.accelerator().node().domain() : 1;
        int valid = 1;
        for (int tensor = 2; tensor <= widest; tensor++) {
            ServingJob split = job.withLayout(ServingLayout.split(tensor, 1));
            if (JobCheck.of(split).isEmpty()) {
                valid = tensor;
                if (tensor > job.layout().tensor() && fits(split)) {
                    return Optional.of(split.layout());
                }
            }
        }
        long layers = StageSlices.layers(job.model().transformer());
        for (int stages = 2; stages <= layers && stages * (long) valid <= MOST_DEVICES; stages++) {
            ServingLayout layout = ServingLayout.split(valid, stages);
            if (fits(job.withLayout(layout))) {
                return Optional.of(layout);
            }
        }
        return Optional.empty();
    }

    private static Solved weightType(ServingJob job) {
        if (fits(job)) {
            return name(Solved.Question.DTYPE, job.model().format().name(), "the model's own type fits", job);
        }
        for (String type : job.engine().weightTypes()) {
            ServingJob other = job.withModel(job.model().withFormat(WeightFormat.named(type)));
            if (fits(other)) {
                return name(Solved.Question.DTYPE, type, "memory: wider ones do not fit", other);
            }
        }
        return none(Solved.Question.DTYPE, job);
    }

    private static Solved cacheType(ServingJob job) {
        if (fits(job)) {
            return name(Solved.Question.KV_CACHE_DTYPE, job.cache().name(), "the model's own type fits", job);
        }
        for (ServingJob other : narrowerCaches(job)) {
            if (fits(other)) {
                return name(
                        Solved.Question.KV_CACHE_DTYPE, other.cache().name(), "memory: wider ones do not fit", other);
            }
        }
        return none(Solved.Question.KV_CACHE_DTYPE, job);
    }

    /// The job with every type of cache that the engine has and that is narrower, the widest first.
    static List<ServingJob> narrowerCaches(ServingJob job) {
        return job.engine().cacheTypes().stream()
                .map(name -> job.withCache(
                        job.cache().withType(name, CacheTypes.find(name).orElseThrow())))
                .filter(other -> bits(other) < bits(job))
                .toList();
    }

    private static double bits(ServingJob job) {
        return job.cache().type().bitsPerElement();
    }

    private static Solved count(Solved.Question question, long value, String binding, ServingJob job) {
        return new Solved(question, Optional.of(new Solved.Value.Count(value)), binding, job);
    }

    private static Solved name(Solved.Question question, String value, String binding, ServingJob job) {
        return new Solved(question, Optional.of(new Solved.Value.Name(value)), binding, job);
    }

    private static Solved none(Solved.Question question, ServingJob job) {
        return new Solved(question, Optional.empty(), "memory: nothing fits", job);
    }
}
