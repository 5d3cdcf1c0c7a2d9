package dev.plimsoll.planner.hardware.law;

/// Whose kernels were measured.
public enum Backend {
    TENSORRT_LLM,
    VLLM,
    SGLANG
}
