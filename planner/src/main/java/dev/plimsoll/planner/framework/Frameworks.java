package dev.plimsoll.planner.framework;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.framework.ActivationRules.EightBitInputs;
import dev.plimsoll.planner.framework.ActivationRules.ExchangedOutputs;
import dev.plimsoll.planner.framework.ActivationRules.ExpertWeights;
import dev.plimsoll.planner.framework.ActivationRules.Gates;
import dev.plimsoll.planner.framework.ActivationRules.GroupedHeads;
import dev.plimsoll.planner.framework.ActivationRules.Norms;
import dev.plimsoll.planner.framework.ActivationRules.ProductInputs;
import dev.plimsoll.planner.framework.ActivationRules.Rotations;
import dev.plimsoll.planner.framework.ActivationRules.UnreadOutputs;
import dev.plimsoll.planner.framework.BufferRules.Gathering;
import dev.plimsoll.planner.framework.BufferRules.Gradients;
import dev.plimsoll.planner.framework.BufferRules.SpareGradients;
import dev.plimsoll.planner.framework.FrameworkProfile.Defaults;
import dev.plimsoll.planner.framework.FrameworkProfile.LayerNumbering;
import dev.plimsoll.planner.framework.FrameworkProfile.StageSplit;
import dev.plimsoll.planner.framework.LogitRules.HeadInputs;
import java.util.List;
import java.util.Optional;

/// The frameworks that are known.
public final class Frameworks {
    private static final int SUGGESTIONS = 3;
    private static final AttentionKernel FLASH = new AttentionKernel.Tiled(128, 128);
    private static final Recomputation OPERATORS = Recomputation.everywhere(Piece.OTHER_PRODUCTS);
    private static final Recomputation CORE = Recomputation.everywhere(Piece.CORE_ATTENTION);

    /// Weights are held in f32 and gathered in bf16. Source: pytorch/torchtitan, `MixedPrecisionPolicy(param_dtype=bf16,
    /// reduce_dtype=f32)`.
    private static final Precision GATHERED_16 = new Precision(
            "fsdp-mixed",
            DataType.F32,
            DataType.BF16,
            DataType.F32,
            Optional.empty(),
            Optional.empty(),
            DataType.F32,
            DataType.BF16);

    /// Megatron-LM on Transformer Engine.
    public static final FrameworkProfile MEGATRON_TE = new FrameworkProfile(
            "megatron-te",
            "NVIDIA/Megatron-LM on Transformer Engine: fused normalisations, gates, rotations and loss",
            new Defaults(Precision.MIXED_18, Recomputation.NONE, Sharding.OPTIMIZER, SequenceSplit.SPLIT),
            CORE,
            new ActivationRules(
                    FLASH,
                    Gates.FUSED,
                    Norms.FUSED_WITH_PRODUCT,
                    Rotations.FUSED,
                    GroupedHeads.IN_KERNEL,
                    ProductInputs.SHARDED,
                    ExpertWeights.IN_ACTIVATION,
                    ExchangedOutputs.TWICE,
                    UnreadOutputs.DROPPED,
                    EightBitInputs.NARROW),
            new LogitRules(2, HeadInputs.WITH_GRADIENTS),
            new BufferRules(SpareGradients.ONE_A_SHAPE, Gradients.ALWAYS, Gathering.LAYER_AND_NEXT, 0, 0, Bytes.ZERO),
            128,
            StageSplit.EQUAL_COUNTS,
            LayerNumbering.CHUNK);

    /// Megatron-LM on its own kernels, without sequence parallelism unless asked.
    ///
    /// Logits: f32 scores and their gradient. Source: NVIDIA/Megatron-LM, `vocab_parallel_cross_entropy`.
    public static final FrameworkProfile MEGATRON = new FrameworkProfile(
            "megatron",
            "NVIDIA/Megatron-LM on its own kernels: materialised attention, f32 logits, no sequence parallelism",
            new Defaults(Precision.MIXED_18, Recomputation.NONE, Sharding.NONE, SequenceSplit.WHOLE),
            CORE,
            new ActivationRules(
                    new AttentionKernel.Materialised(),
                    Gates.FUSED,
                    Norms.FUSED,
                    Rotations.FUSED,
                    GroupedHeads.IN_KERNEL,
                    ProductInputs.SHARDED,
                    ExpertWeights.OVER_OUTPUTS,
                    ExchangedOutputs.ONCE,
                    UnreadOutputs.DROPPED,
                    EightBitInputs.WIDE),
            new LogitRules(8, HeadInputs.WITH_GRADIENTS),
            new BufferRules(SpareGradients.NONE, Gradients.ALWAYS, Gathering.LAYER_AND_NEXT, 0, 0, Bytes.ZERO),
            128,
            StageSplit.EQUAL_COUNTS,
            LayerNumbering.CHUNK);

    /// nanotron, eager. Logits: bf16 scores, their f32 copy, and its gradient. The fixed bytes are what its published
    /// runs hold beside their states.
    public static final FrameworkProfile NANOTRON = new FrameworkProfile(
            "nanotron",
            "huggingface/nanotron, eager: gathered inputs, rotated copies and gates are kept",
            new Defaults(Precision.MIXED_18, Recomputation.NONE, Sharding.OPTIMIZER, SequenceSplit.SPLIT),
            CORE,
            new ActivationRules(
                    FLASH,
                    Gates.WRITTEN,
                    Norms.FUSED,
                    Rotations.COPIED,
                    GroupedHeads.IN_KERNEL,
                    ProductInputs.GATHERED,
                    ExpertWeights.OVER_OUTPUTS,
                    ExchangedOutputs.ONCE,
                    UnreadOutputs.DROPPED,
                    EightBitInputs.WIDE),
            new LogitRules(10, HeadInputs.LEFT_OUT),
            new BufferRules(
                    SpareGradients.NONE, Gradients.ALWAYS, Gathering.LAYER_AND_NEXT, 0, 0, new Bytes(109L << 20)),
            1,
            StageSplit.BY_COST,
            LayerNumbering.MODEL);

    /// PyTorch's fully sharded data parallelism as torchtitan uses it, eager.
    ///
    /// Logits, while the softmax's gradient is taken: log-probabilities, their gradient and that of the scores, each in
    /// f32; the 16-bit scores were let go. Source: pytorch/pytorch, `log_softmax` keeps its output.
    public static final FrameworkProfile FSDP = new FrameworkProfile(
            "fsdp",
            "pytorch/torchtitan, eager, on FSDP2: f32 weights shared out, gathered in bf16 layer by layer",
            new Defaults(GATHERED_16, OPERATORS, Sharding.WEIGHTS, SequenceSplit.SPLIT),
            OPERATORS,
            new ActivationRules(
                    FLASH,
                    Gates.WRITTEN,
                    Norms.WIDENED,
                    Rotations.FUSED,
                    GroupedHeads.REPEATED,
                    ProductInputs.GATHERED,
                    ExpertWeights.OVER_OUTPUTS,
                    ExchangedOutputs.ONCE,
                    UnreadOutputs.KEPT,
                    EightBitInputs.WIDE),
            new LogitRules(12, HeadInputs.KEPT),
            new BufferRules(SpareGradients.NONE, Gradients.WITHIN_STEP, Gathering.LAYER_AND_NEXT, 0, 4, Bytes.ZERO),
            1,
            StageSplit.EDGES_AS_LAYERS,
            LayerNumbering.MODEL);

    /// The same compiled layer by layer, and the loss too, which fuses what lies between matrix products. Logits: 16-bit
    /// scores, from which the softmax is made again, and their gradient.
    public static final FrameworkProfile TORCH_COMPILE = new FrameworkProfile(
            "torch-compile",
            "pytorch/torchtitan with torch.compile, on FSDP2: as fsdp, with fused layers",
            FSDP.defaults(),
            OPERATORS,
            new ActivationRules(
                    FLASH,
                    Gates.FUSED,
                    Norms.FUSED,
                    Rotations.FUSED,
                    GroupedHeads.REPEATED,
                    ProductInputs.GATHERED,
                    ExpertWeights.OVER_OUTPUTS,
                    ExchangedOutputs.ONCE,
                    UnreadOutputs.DROPPED,
                    EightBitInputs.WIDE),
            new LogitRules(4, HeadInputs.KEPT),
            FSDP.buffers(),
            1,
            StageSplit.EDGES_AS_LAYERS,
            LayerNumbering.MODEL);

    /// DeepSpeed's ZeRO around a Hugging Face model, eager.
    ///
    /// Logits: f32 scores, which the model gives back to its caller, and as [#FSDP] log-probabilities and two gradients.
    ///
    /// Buckets of `5e8` numbers. Source: microsoft/DeepSpeed, `zero/config.py`: `reduce_bucket_size`,
    /// `allgather_bucket_size`, `stage3_max_live_parameters`.
    public static final FrameworkProfile DEEPSPEED = new FrameworkProfile(
            "deepspeed",
            "microsoft/DeepSpeed ZeRO around a Hugging Face model, eager",
            new Defaults(Precision.MIXED_16, Recomputation.NONE, Sharding.GRADIENTS, SequenceSplit.WHOLE),
            Recomputation.everywhere(Piece.LAYER),
            new ActivationRules(
                    FLASH,
                    Gates.WRITTEN,
                    Norms.WIDENED,
                    Rotations.FUSED,
                    GroupedHeads.REPEATED,
                    ProductInputs.SHARDED,
                    ExpertWeights.OVER_OUTPUTS,
                    ExchangedOutputs.ONCE,
                    UnreadOutputs.DROPPED,
                    EightBitInputs.WIDE),
            new LogitRules(16, HeadInputs.KEPT),
            new BufferRules(
                    SpareGradients.NONE, Gradients.WITHIN_STEP, Gathering.UP_TO_A_LIMIT, 500_000_000, 4, Bytes.ZERO),
            1,
            StageSplit.EQUAL_COUNTS,
            LayerNumbering.MODEL);

    private Frameworks() {}

    /// All, the default first.
    public static List<FrameworkProfile> all() {
        return List.of(MEGATRON_TE, MEGATRON, NANOTRON, FSDP, TORCH_COMPILE, DEEPSPEED);
    }

    /// The framework of that name.
    ///
    /// @throws InputException naming all of them
    public static FrameworkProfile named(String name) {
        for (FrameworkProfile profile : all()) {
            if (profile.name().equals(name)) {
                return profile;
            }
        }
        List<String> names = all().stream().map(FrameworkProfile::name).toList();
        throw InputException.usage(
                "framework: found '" + Text.printable(name) + "', expected one of " + String.join(", ", names),
                "The nearest are " + String.join(", ", Nearest.of(name, names, SUGGESTIONS)) + ".");
    }
}
