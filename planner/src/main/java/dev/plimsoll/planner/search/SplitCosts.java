package dev.plimsoll.planner.search;

/// What layouts cost that share devices, tensor, context and expert parallelism: tables that belong to one thread.
///
/// Pipelines, shardings, micro-batches and recomputations are named by their places in the [SearchSpace].
interface SplitCosts {
    /// Stands on a pipeline and so many replicas; the methods below are about these.
    void pipeline(int pipeline, int replicas);

    /// The same with something dealt out over so many replicas.
    void sharding(int sharding, int shards);

    /// At most what [#deviceBytes] gives for any micro-batch and recomputation.
    long stateBytes();

    /// What the fullest device must have.
    long deviceBytes(int microBatch, int recomputation);

    /// At most what [#seconds] gives.
    double secondsAtLeast(int microBatch, int recomputation);

    /// What a step takes.
    double seconds(int microBatch, int recomputation);
}
