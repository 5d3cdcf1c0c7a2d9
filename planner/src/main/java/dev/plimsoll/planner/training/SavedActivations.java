package dev.plimsoll.planner.training;

import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What the forward pass of one micro-batch keeps for the backward pass, each tensor named.
///
/// The classic block with dropout and written-out attention keeps `34bsh + 5abs²` bytes and `16bs` of statistics
/// (Korthikanti et al. 2022, equation 1). A tensor that two blocks keep, one as its output and one as its input, is
/// one tensor. Not counted: what only the backward pass makes.
///
/// @param tensors in the order of their making
public record SavedActivations(List<Saved> tensors) {
    /// A tensor.
    ///
    /// @param name `<label>/<value>`, or what an operator found: `<label>/<operator>.<finding>`
    /// @param label of the block that keeps it, the first where there are two
    public record Saved(String name, String label, DataType dataType, Bytes bytes) {}

    public SavedActivations {
        tensors = List.copyOf(tensors);
    }

    public static SavedActivations of(TrainingProgram program, MicroBatch batch) {
        Tensors names = new Tensors(program);
        SequencedMap<String, Saved> saved = new LinkedHashMap<>();
        for (TrainingProgram.Step step : program.blocks()) {
            for (Kept kept : step.backward().kept()) {
                DataType type = kept.heldIn(program.execution().precision());
                Bytes bytes = type.bytes(batch.elements(kept.shape()));
                String name = names.name(step, kept);
                saved.putIfAbsent(name, new Saved(name, step.label(), type, bytes));
            }
        }
        return new SavedActivations(List.copyOf(saved.values()));
    }

    public Bytes total() {
        return tensors.stream().map(Saved::bytes).reduce(Bytes.ZERO, Bytes::plus);
    }

    /// What one block keeps.
    public Bytes of(String label) {
        return tensors.stream()
                .filter(tensor -> tensor.label().equals(label))
                .map(Saved::bytes)
                .reduce(Bytes.ZERO, Bytes::plus);
    }
}
