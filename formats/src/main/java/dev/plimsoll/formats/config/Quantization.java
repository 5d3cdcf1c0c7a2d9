package dev.plimsoll.formats.config;

import dev.plimsoll.model.shape.DataType;
import java.util.List;
import java.util.Optional;

/// What a config says about quantised weights.
///
/// @param method as the config calls it, printable, for example `gptq`
/// @param weights how a converted matrix is stored; empty where the method does not say, or is not known here
/// @param unconverted modules that stay as they were, beside embeddings, norms, routers and the head
/// @param keyValueCache what keys and values are cached in, where the config says so
/// @param notes what a reader should know, one sentence each, printable
public record Quantization(
        String method,
        Optional<WeightFormat> weights,
        ModulePatterns unconverted,
        Optional<DataType> keyValueCache,
        List<String> notes) {
    public Quantization {
        notes = List.copyOf(notes);
    }

    /// For people: `gptq, 4 bits, groups of 128`.
    public String describe() {
        return weights.map(format -> method + ", " + format.bits() + " bits" + describe(format.group()))
                .orElse(method);
    }

    private static String describe(WeightFormat.Group group) {
        return switch (group) {
            case WeightFormat.Group.Matrix() -> "";
            case WeightFormat.Group.Output() -> ", a scale for each output";
            case WeightFormat.Group.Neighbours(long size) -> ", groups of " + size;
            case WeightFormat.Group.Block(long outputs, long inputs) -> ", blocks of " + outputs + " x " + inputs;
        };
    }
}
