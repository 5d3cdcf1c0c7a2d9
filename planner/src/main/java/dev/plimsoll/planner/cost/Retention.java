package dev.plimsoll.planner.cost;

/// For which tokens a layer keeps its keys and values.
public sealed interface Retention {
    /// Every token of the sequence, also those that a sparse attention does not look at.
    record Everything() implements Retention {}

    /// The last `size` tokens (a sliding window), or those of the current chunk of `size` tokens.
    record AtMost(long size) implements Retention {}

    /// The tokens of another stack, however long the sequence grows.
    record Source(long tokens) implements Retention {}

    /// The tokens of another stack that always has as many, as the model fixes it.
    record FixedSource(long tokens) implements Retention {}

    /// The tokens of another stack that is taken to have as many as the sequence, for want of a number.
    record SourceAsLongAsSequence() implements Retention {}
}
