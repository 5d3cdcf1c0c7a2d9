package dev.plimsoll.planner.search;

/// Why a candidate is no answer.
public enum Rejection {
    /// Tensor, context and pipeline parallelism do not multiply to a divisor of the devices.
    DEVICES("does not divide the devices"),
    /// Tensor parallelism does not divide heads, widths or tokens.
    TENSOR("tensor parallelism does not divide the model"),
    /// Context parallelism does not divide the sequence, or the heads.
    CONTEXT("context parallelism does not divide the sequence"),
    /// Expert parallelism does not divide the experts, or the devices of a stage.
    EXPERTS("expert parallelism does not divide experts or devices"),
    /// Stages and chunks do not divide the layers.
    PIPELINE("stages do not divide the layers"),
    /// Micro-batches and replicas do not divide the global batch.
    BATCH("does not divide the global batch"),
    /// There is nothing to deal out, or it is the same as another choice.
    SHARDS("the same as without sharding"),
    /// A device has less memory than it needs.
    MEMORY("out of memory"),
    /// It fits, but it is slower, larger or dearer than those listed, or beyond a limit.
    DOMINATED("fits, but is worse than those listed");

    private final String text;

    Rejection(String text) {
        this.text = text;
    }

    /// In words.
    @Override
    public String toString() {
        return text;
    }
}
