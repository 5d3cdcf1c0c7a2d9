package dev.plimsoll.planner.serving;

/// How an engine hands pages of the cache to layers of different kinds.
public enum CacheSharing {
    /// Each kind of layer has pages of its own; a window keeps its tokens and those of one step.
    BY_LAYER,
    /// All kinds of layers take pages of one size from one pool, in groups of equally many layers.
    ///
    /// Source: vllm-project/vllm, `vllm/v1/core/kv_cache_utils.py`.
    ONE_POOL
}
