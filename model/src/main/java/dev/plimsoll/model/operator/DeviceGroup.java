package dev.plimsoll.model.operator;

/// Which devices act together.
public enum DeviceGroup {
    /// Those that hold parts of the same matrices, and work on the same tokens.
    TENSOR,
    /// Those of a tensor group that hold the same key/value head, where there are fewer heads than devices.
    KEY_VALUE_REPLICAS,
    /// Those that hold the same matrices, and parts of the same sequences.
    CONTEXT,
    /// Those among which the experts of a layer are dealt out.
    EXPERT,
    /// Those that hold parts of the same experts.
    EXPERT_TENSOR,
    /// Those that hold the same dense parameters and see other tokens: data and context parallel together.
    DATA,
    /// Those that hold the same experts and see other tokens.
    EXPERT_DATA,
    /// First and last stage of a pipeline, which both hold the token table where the head is tied to it.
    PIPELINE_ENDS,
    /// All stages of a pipeline.
    PIPELINE
}
