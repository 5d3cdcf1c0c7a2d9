package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.operator.ForwardOperands;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The values of one block while it is run over a row of tokens; nothing is kept for a backward pass.
///
/// Closing it releases what is left.
final class StepValues implements ForwardOperands, AutoCloseable {
    private final InferenceProgram.Step step;
    private final Weights weights;
    private final Memory memory;
    private final Precision precision;
    private final int[] positions;
    private final Map<String, Tensor> tensors = new HashMap<>();

    /// @param positions of the row's tokens
    StepValues(InferenceProgram.Step step, Weights weights, Memory memory, Precision precision, int[] positions) {
        this.step = step;
        this.weights = weights;
        this.memory = memory;
        this.precision = precision;
        this.positions = positions;
    }

    /// `[1, n, ..]`
    Tensor allocate(Value value) {
        List<Integer> sizes = new ArrayList<>();
        for (Dimension dimension : value.shape().dimensions()) {
            sizes.add(
                    switch (dimension) {
                        case Dimension.Fixed fixed -> Math.toIntExact(fixed.size());
                        case Dimension.Open open -> open.axis() == Axis.BATCH ? 1 : positions.length;
                    });
        }
        Tensor tensor = memory.allocate(value.name(), sizes, precision.of(value.content()), Category.TEMPORARY);
        tensors.put(value.name(), tensor);
        return tensor;
    }

    /// Another's tensor, which is now this one's to release.
    void put(Value value, Tensor tensor) {
        tensors.put(value.name(), tensor);
    }

    /// A tensor that is from now on somebody else's to release.
    Tensor take(Value value) {
        Tensor tensor = value(value);
        tensors.remove(value.name());
        return tensor;
    }

    void release(String name) {
        Tensor tensor = tensors.remove(name);
        if (tensor != null) {
            memory.release(tensor);
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(memory::release);
        tensors.clear();
    }

    @Override
    public Tensor value(Value value) {
        Tensor tensor = tensors.get(value.name());
        if (tensor == null) {
            throw new IllegalStateException(step.label() + " reads " + value.name() + ", which is not there");
        }
        return tensor;
    }

    @Override
    public Tensor parameter(Parameter parameter) {
        return weights.of(step, parameter);
    }

    @Override
    public Optional<Tensor> finding(Finding finding) {
        return Optional.empty();
    }

    @Override
    public int[] positions() {
        return positions;
    }

    @Override
    public Optional<int[]> givenExperts() {
        return Optional.empty();
    }

    @Override
    public CounterBased random() {
        return new CounterBased(0);
    }
}
