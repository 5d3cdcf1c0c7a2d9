package dev.plimsoll.planner.search;

import dev.plimsoll.planner.training.TrainingJob;

/// What is looked for.
///
/// @param job of which the layout, the micro-batch and the recomputation are replaced by each candidate's
/// @param count of the best layouts that are listed
/// @param longestStep seconds that a step may take
public record SearchQuestion(TrainingJob job, Objective objective, int count, double longestStep) {
    public SearchQuestion {
        if (count < 1 || !(longestStep > 0)) {
            throw new IllegalArgumentException("list " + count + " layouts of at most " + longestStep + " s");
        }
    }

    /// Without a limit of time.
    public static SearchQuestion of(TrainingJob job, Objective objective, int count) {
        return new SearchQuestion(job, objective, count, Double.POSITIVE_INFINITY);
    }
}
