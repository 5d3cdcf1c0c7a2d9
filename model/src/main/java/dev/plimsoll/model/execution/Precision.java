package dev.plimsoll.model.execution;

import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.DataType;
import java.util.List;
import java.util.Optional;

/// The data types that tensors are held in; arithmetic is done in `f32` whatever they are.
///
/// Router weights and logits are held in `f32`, numbers of tokens and experts in `i32`, dropout masks in one byte an
/// element, and statistics (a normalisation's reciprocal deviation, a softmax's log-sum-exp) in `f32`.
///
/// @param name what the recipe is called
/// @param weights of the parameters that are multiplied with
/// @param activations of values, and of gradients with respect to them
/// @param gradients of the parameters
/// @param gradientCopy of a second copy of the gradients, which the optimizer reads, where there is one
/// @param masterWeights of a second copy of the weights, which the optimizer updates, where there is one
/// @param optimizerStates of each of the optimizer's states
/// @param keyValueCache of cached keys and values
public record Precision(
        String name,
        DataType weights,
        DataType activations,
        DataType gradients,
        Optional<DataType> gradientCopy,
        Optional<DataType> masterWeights,
        DataType optimizerStates,
        DataType keyValueCache) {
    /// Everything in four bytes: with Adam, `4 + 4 + 4 + 4 = 16` bytes a parameter.
    public static final Precision FULL = new Precision(
            "f32",
            DataType.F32,
            DataType.F32,
            DataType.F32,
            Optional.empty(),
            Optional.empty(),
            DataType.F32,
            DataType.F32);

    /// `(2 + 4)` bytes of weights, `2` of gradients, `4 + 4` of Adam's states a parameter.
    ///
    /// Source: Rajbhandari et al. 2020 (ZeRO), section 3.1: `2 + 2 + 12`.
    public static final Precision MIXED_16 = mixed("mixed-16", DataType.BF16, Optional.empty());

    /// `(2 + 4)` bytes of weights, `4` of gradients, `4 + 4` of Adam's states a parameter.
    ///
    /// Source: NVIDIA/Megatron-LM, `theoretical_memory_usage.py`: 18 bytes without a distributed optimizer.
    public static final Precision MIXED_18 = mixed("mixed-18", DataType.F32, Optional.empty());

    /// `(2 + 4)` bytes of weights, `(2 + 4)` of gradients, `4 + 4` of Adam's states a parameter.
    ///
    /// Source: Smith et al. 2022 (Megatron-Turing NLG), section 2: 20 bytes a parameter.
    public static final Precision MIXED_20 = mixed("mixed-20", DataType.BF16, Optional.of(DataType.F32));

    private static Precision mixed(String name, DataType gradients, Optional<DataType> gradientCopy) {
        return new Precision(
                name,
                DataType.BF16,
                DataType.BF16,
                gradients,
                gradientCopy,
                Optional.of(DataType.F32),
                DataType.F32,
                DataType.BF16);
    }

    /// The recipes by name.
    public static List<Precision> presets() {
        return List.of(FULL, MIXED_16, MIXED_18, MIXED_20);
    }

    /// What a value of this content is held in.
    public DataType of(Value.Content content) {
        return switch (content) {
            case ACTIVATION -> activations;
            case SCORE -> DataType.F32;
            case INDEX -> DataType.I32;
        };
    }
}
