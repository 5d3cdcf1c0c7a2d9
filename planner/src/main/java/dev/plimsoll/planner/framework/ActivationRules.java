package dev.plimsoll.planner.framework;

import dev.plimsoll.model.execution.AttentionKernel;

/// Which tensors a framework's forward pass leaves for its backward pass, beside those that the mathematics needs.
///
/// @param attention how attention cores are run where nothing else is asked
public record ActivationRules(
        AttentionKernel attention,
        Gates gates,
        Norms norms,
        Rotations rotations,
        GroupedHeads groupedHeads,
        ProductInputs productInputs,
        ExpertWeights expertWeights,
        ExchangedOutputs exchangedOutputs,
        UnreadOutputs unreadOutputs,
        EightBitInputs eightBitInputs) {
    public ActivationRules withAttention(AttentionKernel other) {
        return new ActivationRules(
                other,
                gates,
                norms,
                rotations,
                groupedHeads,
                productInputs,
                expertWeights,
                exchangedOutputs,
                unreadOutputs,
                eightBitInputs);
    }

    /// A gate's activation, `silu(gate)`.
    public enum Gates {
        /// Made again from its input inside the backward kernel.
        FUSED,
        /// Kept as a tensor of its own.
        WRITTEN
    }

    /// What a normalisation keeps.
    public enum Norms {
        /// Its input as it is, and statistics.
        FUSED,
        /// The same; and before a feed-forward network that is run again the normalisation is part of its first product.
        FUSED_WITH_PRODUCT,
        /// Its input in f32 in place of the 16-bit one, and its output before the gain.
        WIDENED
    }

    /// What rotating queries and keys keeps.
    public enum Rotations {
        FUSED,
        /// Queries and keys before the rotation too.
        COPIED
    }

    /// How keys and values reach the query heads that share them.
    public enum GroupedHeads {
        IN_KERNEL,
        /// Copied to every query head first.
        REPEATED
    }

    /// What sequence-parallel ranks keep of the input of a matrix product that is split by outputs.
    public enum ProductInputs {
        /// Each rank its own tokens; they are gathered again on the way back.
        SHARDED,
        /// All tokens.
        GATHERED
    }

    /// Where a router's weights are multiplied in.
    public enum ExpertWeights {
        /// Inside the experts' activation, so that what the experts return is not kept.
        IN_ACTIVATION,
        /// Over what the experts return, which is kept.
        OVER_OUTPUTS
    }

    /// How often an attention's output is kept where tokens were exchanged for heads before it.
    public enum ExchangedOutputs {
        ONCE,
        /// Before it is exchanged back, and after. Source: NVIDIA/TransformerEngine 2.8.
        TWICE
    }

    /// What becomes of an output that selective recomputation keeps by its rule, though no gradient reads it.
    public enum UnreadOutputs {
        DROPPED,
        KEPT
    }

    /// What eight-bit matrix products keep of their inputs.
    public enum EightBitInputs {
        /// The eight-bit copy. Weights have eight-bit copies too, in both orders.
        NARROW,
        /// The input as it came.
        WIDE
    }
}
