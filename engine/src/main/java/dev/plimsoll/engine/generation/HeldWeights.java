package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.engine.training.ParameterStore;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// A model's parameters, each held once in the type that the precision names for weights.
public final class HeldWeights implements Weights, AutoCloseable {
    private final Memory memory;
    private final Map<String, Tensor> tensors = new HashMap<>();

    private HeldWeights(Memory memory) {
        this.memory = memory;
    }

    /// Allocates and fills all; releases all when it fails.
    ///
    /// @throws InputException where the source lacks a parameter, has it in other dimensions, or where it is no number,
    ///     or memory does not suffice
    public static HeldWeights load(
            InferenceProgram program, ParameterSource source, Precision precision, Memory memory) {
        HeldWeights weights = new HeldWeights(memory);
        try {
            for (InferenceProgram.Step step : program.steps()) {
                for (Parameter parameter : step.block().parameters()) {
                    weights.add(place(step, parameter), source, precision);
                }
            }
        } catch (InputException refusal) {
            weights.close();
            throw refusal;
        }
        return weights;
    }

    /// Those that a training changes, as they are at each moment.
    public static Weights of(ParameterStore trained) {
        return (step, parameter) -> trained.get(place(step, parameter).name()).weight();
    }

    private void add(ParameterPlace place, ParameterSource source, Precision precision) {
        if (tensors.containsKey(place.name())) {
            return;
        }
        float[] elements = source.read(place).checked(place);
        Tensor tensor = memory.allocate(place.name(), place.sizes(), precision.weights(), Category.PARAMETER);
        tensor.store(0, elements, 0, elements.length, Work.ignored());
        tensors.put(place.name(), tensor);
    }

    @Override
    public Tensor of(InferenceProgram.Step step, Parameter parameter) {
        String name = place(step, parameter).name();
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /// Releases all.
    @Override
    public void close() {
        tensors.values().forEach(memory::release);
        tensors.clear();
    }

    private static ParameterPlace place(InferenceProgram.Step step, Parameter parameter) {
        return new ParameterPlace(step.label(), step.layer(), parameter);
    }
}
