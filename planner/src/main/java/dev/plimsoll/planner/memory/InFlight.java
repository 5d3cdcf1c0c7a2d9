package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;

/// How many micro-batches a stage has begun and not yet taken back, when most are.
public final class InFlight {
    private InFlight() {}

    /// Micro-batches whose activations one chunk of a stage holds.
    ///
    /// | schedule | micro-batches on stage `i` of `p`, of `m` | source |
    /// |---|---|---|
    /// | GPipe | `m` | Huang et al. 2019 |
    /// | 1F1B, zero bubble | `min(p - i, m)` | Narayanan et al. 2021, section 2.2; Qi et al. 2024, section 3 (ZB-H1) |
    /// | interleaved, `v` chunks | of all chunks together `min(2(p - i - 1) + (v - 1)p + 1, m·v)`, dealt to the chunks in groups of `p` | Narayanan et al. 2021; NVIDIA/Megatron-LM, `get_pp_rank_microbatches` |
    ///
    /// @param chunk from 0, among those of the stage
    public static long microBatches(PipelineParallel pipeline, int stage, int chunk, long microBatches) {
        long stages = pipeline.degree();
        long behind = stages - stage;
        return switch (pipeline.schedule()) {
            case GPIPE -> microBatches;
            case ZERO_BUBBLE -> Math.min(behind, microBatches);
            case ONE_FORWARD_ONE_BACKWARD ->
                pipeline.chunks() == 1
                        ? Math.min(behind, microBatches)
                        : interleaved(stages, behind, pipeline.chunks(), chunk, microBatches);
        };
    }

    /// Passes of chunks that a stage holds at most, a micro-batch through each of its chunks counted once for each.
    public static long passes(PipelineParallel pipeline, int stage, long microBatches) {
        long passes = 0;
        for (int chunk = 0; chunk < pipeline.chunks(); chunk++) {
            passes += microBatches(pipeline, stage, chunk, microBatches);
        }
        return passes;
    }

    /// Micro-batches whose inputs a stage holds for gradients of weights alone: those it has fewer of than the first
    /// stage, since it puts them off so long.
    ///
    /// Source: Qi et al. 2024, section 3: ZB-H1 holds on every stage no more than 1F1B does on the first.
    public static long deferred(PipelineParallel pipeline, int stage, long microBatches) {
        return switch (pipeline.schedule()) {
            case GPIPE, ONE_FORWARD_ONE_BACKWARD -> 0;
            case ZERO_BUBBLE ->
                Math.min(pipeline.degree(), microBatches) - Math.min(pipeline.degree() - stage, microBatches);
        };
    }

    private static long interleaved(long stages, long behind, long chunks, int chunk, long microBatches) {
        long begun = Math.min(2 * (behind - 1) + (chunks - 1) * stages + 1, Math.multiplyExact(microBatches, chunks));
        long round = stages * chunks;
        long rest = begun % round - chunk * stages;
        return begun / round * stages + Math.clamp(rest, 0, stages);
    }
}
