package dev.plimsoll.formats.config;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.MatrixPacking;
import java.util.List;
import java.util.Optional;

/// What a config says about quantised weights.
///
/// @param method as the config calls it, printable, for example `gptq`
/// @param weights how a converted matrix is stored; empty where the method does not say, or is not known here
/// @param reach which matrices are converted
/// @param modules what is said of single modules, before `reach`
/// @param unconverted modules that stay as they were, beside embeddings, norms, routers and the head
/// @param keyValueCache what keys and values are cached in, where the config says so
/// @param notes what a reader should know, one sentence each, printable
public record Quantization(
        String method,
        Optional<MatrixPacking> weights,
        Reach reach,
        ModuleForms modules,
        ModulePatterns unconverted,
        Optional<DataType> keyValueCache,
        List<String> notes) {
    /// Which matrices a method converts.
    public enum Reach {
        /// Those of layers; embedding, routers and head stay as they were.
        LAYERS,
        /// Those of experts, where there are any.
        EXPERTS,
        /// All whose inputs whole groups divide, embedding, routers and head too.
        EVERY_MATRIX
    }

    public Quantization {
        notes = List.copyOf(notes);
    }

    /// For people: `gptq, 4 bits, groups of 128`.
    public String describe() {
        return weights.map(packing -> method + ", " + packing.bits() + " bits" + describe(packing.group()))
                .orElse(method);
    }

    private static String describe(MatrixPacking.Group group) {
        return switch (group) {
            case MatrixPacking.Group.Matrix() -> "";
            case MatrixPacking.Group.Output() -> ", a scale for each output";
            case MatrixPacking.Group.Neighbours(long size) -> ", groups of " + size;
            case MatrixPacking.Group.Block(long outputs, long inputs) -> ", blocks of " + outputs + " x " + inputs;
            case MatrixPacking.Group.Run(long size) -> ", groups of " + size;
            case MatrixPacking.Group.RunOfScaled(long size, long scales) ->
                ", groups of " + size + ", an f32 for " + scales + " scales";
        };
    }
}
