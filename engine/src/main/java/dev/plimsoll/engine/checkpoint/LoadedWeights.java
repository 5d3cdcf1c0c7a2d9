package dev.plimsoll.engine.checkpoint;

import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.generation.Weights;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A model's weights in memory, for generation.
public final class LoadedWeights implements Weights, AutoCloseable {
    private final Memory memory;
    private final Map<String, Tensor> tensors = new HashMap<>();

    private LoadedWeights(Memory memory) {
        this.memory = memory;
    }

    /// Reads all parameters of a program; releases them when it fails.
    ///
    /// @param dataType what they are held in
    /// @throws InputException where one cannot be read, or memory does not suffice
    public static LoadedWeights of(InferenceProgram program, ParameterSource source, DataType dataType, Memory memory) {
        LoadedWeights weights = new LoadedWeights(memory);
        try {
            Places.of(program).forEach(place -> weights.add(place, source, dataType));
        } catch (InputException refusal) {
            weights.close();
            throw refusal;
        }
        return weights;
    }

    private void add(ParameterPlace place, ParameterSource source, DataType dataType) {
        float[] elements = source.read(place).elements();
        Tensor tensor = memory.allocate(place.name(), List.of(elements.length), dataType, Category.PARAMETER);
        tensor.store(0, elements, 0, elements.length, Work.ignored());
        tensors.put(place.name(), tensor);
    }

    @Override
    public Tensor of(InferenceProgram.Step step, Parameter parameter) {
        String name = new ParameterPlace(step.label(), step.layer(), parameter).name();
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /// Releases them.
    @Override
    public void close() {
        tensors.values().forEach(memory::release);
        tensors.clear();
    }
}
