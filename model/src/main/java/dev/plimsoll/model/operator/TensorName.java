package dev.plimsoll.model.operator;

/// The name a parameter bears in a checkpoint.
///
/// Several parameters of a block may share one name: the file then holds them fused in one tensor.
///
/// @param pattern the name, with `{layer}` for the layer's number and `{expert}` where each expert has a tensor of its
/// own
public record TensorName(String pattern, Arrangement arrangement) {
    /// Which way round a matrix lies in the file.
    public enum Arrangement {
        /// Outputs first, inputs last: what `y = x W^T` multiplies.
        OUTPUTS_FIRST,
        /// Inputs first, outputs last (GPT-2's `Conv1D`, and experts stacked for a batched product).
        INPUTS_FIRST
    }

    public static TensorName of(String pattern) {
        return new TensorName(pattern, Arrangement.OUTPUTS_FIRST);
    }

    /// The name in layer `layer` for expert `expert`.
    public String in(long layer, long expert) {
        return pattern.replace("{layer}", Long.toString(layer)).replace("{expert}", Long.toString(expert));
    }

    public boolean isPerExpert() {
        return pattern.contains("{expert}");
    }
}
