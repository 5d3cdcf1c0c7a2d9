package dev.plimsoll.planner.serving;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Whether a job fits, with what it takes, the most that would, and what to try.
///
/// @param job as it was answered: with the solved value put in, where one was found
/// @param memory empty where the job is invalid
/// @param tokens of the longest that the job's sequences can be; empty where nothing grows
/// @param sequences of the longest length that are held at once; empty where nothing grows
/// @param suggestions options, each of which makes the job fit; empty where it does
public record Fit(
        ServingJob job,
        Optional<ServingMemory> memory,
        Verdict verdict,
        OptionalLong tokens,
        OptionalLong sequences,
        Optional<Solved> solved,
        List<String> suggestions) {
    public Fit {
        suggestions = List.copyOf(suggestions);
    }

    public static Fit of(ServingJob job) {
        return of(job, Optional.empty());
    }

    /// @param question what to solve for first
    public static Fit of(ServingJob job, Solved.Question question) {
        ServingJob from = startingPoint(job, question);
        if (question != Solved.Question.GPUS && !JobCheck.of(from).isEmpty()) {
            return of(from, Optional.empty());
        }
        Solved solved = FitSolver.solve(question, from);
        return of(solved.value().isPresent() ? solved.job() : job, Optional.of(solved));
    }

    /// What is solved for need not be valid as it is.
    private static ServingJob startingPoint(ServingJob job, Solved.Question question) {
        return switch (question) {
            case MAX_MODEL_LEN -> job.withLimits(job.limits().withMaxModelLen(1));
            case MAX_NUM_SEQS, GPUS, DTYPE, KV_CACHE_DTYPE -> job;
        };
    }

    /// The verdict alone, without things to try.
    public static Verdict verdictOf(ServingJob job) {
        List<Violation> violations = JobCheck.of(job);
        return violations.isEmpty() ? verdict(ServingMemory.of(job)) : new Verdict.Invalid(violations);
    }

    private static Fit of(ServingJob job, Optional<Solved> solved) {
        List<Violation> violations = JobCheck.of(job);
        if (!violations.isEmpty()) {
            return new Fit(
                    job,
                    Optional.empty(),
                    new Verdict.Invalid(violations),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    solved,
                    List.of());
        }
        ServingMemory memory = ServingMemory.of(job);
        Verdict verdict = verdict(memory);
        return new Fit(
                job,
                Optional.of(memory),
                verdict,
                limited(memory.tokens(job.limits().sequences())),
                limited(memory.sequences(job.limits().maxModelLen())),
                solved,
                verdict instanceof Verdict.Fits ? List.of() : Suggestions.of(job));
    }

    private static OptionalLong limited(long count) {
        return count >= StageCache.MOST_TOKENS / 2 ? OptionalLong.empty() : OptionalLong.of(count);
    }

    private static Verdict verdict(ServingMemory memory) {
        ServingLimits limits = memory.job().limits();
        DeviceMemory worst = memory.worst();
        long cache = worst.cache().bytes(limits.maxModelLen(), limits.sequences());
        if (memory.fits(limits.maxModelLen(), limits.sequences())) {
            return new Verdict.Fits(worst.left() - cache);
        }
        return worst.holdsModel()
                ? new Verdict.DoesNotFit(
                        Verdict.Limit.CACHE, saturated(worst.beforeCache(), cache), worst.budget(), worst.largest())
                : new Verdict.DoesNotFit(Verdict.Limit.MODEL, worst.beforeCache(), worst.budget(), worst.largest());
    }

    private static long saturated(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
