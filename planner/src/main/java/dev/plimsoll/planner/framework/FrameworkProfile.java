package dev.plimsoll.planner.framework;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;

/// What a training framework does where the model leaves a choice, as data.
///
/// @param name as `--framework` takes it
/// @param description in one line, with the source
/// @param selective what the framework means by recomputing selectively
/// @param numbering of the layers that recomputation names
/// @param vocabularyMultiple the vocabulary is padded to a multiple of this times the tensor-parallel degree
public record FrameworkProfile(
        String name,
        String description,
        Defaults defaults,
        Recomputation selective,
        ActivationRules activations,
        LogitRules logits,
        BufferRules buffers,
        int vocabularyMultiple,
        StageSplit split,
        LayerNumbering numbering) {
    /// What holds where nothing else is asked.
    public record Defaults(
            Precision precision, Recomputation recomputation, Sharding sharding, SequenceSplit sequence) {}

    /// How layers are dealt out to pipeline stages where no list is given.
    public enum StageSplit {
        /// As many on each; what does not divide is refused.
        EQUAL_COUNTS,
        /// As many on each, the embedding and the head counted as a layer each; first stages have one more where it does
        /// not divide. Source: pytorch/torchtitan, `generate_llm_fqn_per_model_part`.
        EDGES_AS_LAYERS,
        /// Blocks weighted by their matrices, each stage up to its share of the whole. Source: huggingface/nanotron,
        /// `build_and_set_rank`.
        BY_COST
    }

    /// From where the layers are numbered that recomputation names.
    public enum LayerNumbering {
        /// Through the whole model.
        MODEL,
        /// From 0 in every chunk of a stage. Source: NVIDIA/Megatron-LM, `--recompute-num-layers`.
        CHUNK
    }

    /// The same with attention cores run otherwise.
    public FrameworkProfile withAttention(AttentionKernel kernel) {
        return new FrameworkProfile(
                name,
                description,
                defaults,
                selective,
                activations.withAttention(kernel),
                logits,
                buffers,
                vocabularyMultiple,
                split,
                numbering);
    }

    /// Vocabulary rows that are held.
    ///
    /// @param tensorParallel the tensor-parallel degree
    public long paddedVocabulary(long vocabulary, int tensorParallel) {
        long multiple = (long) vocabularyMultiple * tensorParallel;
        return Math.multiplyExact(Math.ceilDiv(vocabulary, multiple), multiple);
    }
}
