package dev.plimsoll.planner.search;

import java.util.Optional;

/// Which choices a job can be run with, each looked at on its own. What depends on the replicas is left to the search.
interface LayoutRules {
    /// Whether tensor and context parallelism divide model and sequence.
    Optional<Rejection> split(int tensor, int context);

    /// Whether expert parallelism divides the experts.
    Optional<Rejection> experts(int experts);

    /// Whether stages and chunks divide the layers.
    Optional<Rejection> pipeline(int pipeline);

    /// Sequences in a step.
    long globalBatch();
}
