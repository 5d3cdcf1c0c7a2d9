package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Weights that only their names and a seed decide.
final class RandomWeights implements Weights {
    private final Memory memory;
    private final DataType dataType;
    private final long seed;
    private final Map<String, Tensor> tensors = new HashMap<>();

    RandomWeights(Memory memory, DataType dataType, long seed) {
        this.memory = memory;
        this.dataType = dataType;
        this.seed = seed;
    }

    @Override
    public Tensor of(InferenceProgram.Step step, Parameter parameter) {
        String name = switch (parameter.sharing()) {
            case EACH_LAYER -> step.label() + "." + parameter.name();
            case WHOLE_MODEL -> parameter.name();
        };
        return tensors.computeIfAbsent(name, key -> make(key, parameter));
    }

    private Tensor make(String name, Parameter parameter) {
        int elements = Math.toIntExact(parameter.elements());
        Tensor tensor = memory.allocate(name, List.of(elements), dataType, Category.PARAMETER);
        Random random = new Random(seed + name.hashCode());
        float[] values = new float[elements];
        double center = parameter.kind() == Parameter.Kind.GAIN ? 1 : 0;
        for (int i = 0; i < elements; i++) {
            values[i] = (float) (center + 0.4 * random.nextGaussian());
        }
        tensor.store(0, values, 0, elements, Work.ignored());
        return tensor;
    }
}
