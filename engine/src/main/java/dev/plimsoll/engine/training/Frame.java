package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.ArrivingRows;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The tensors of one block in one micro-batch, from its forward pass to the end of its backward pass.
final class Frame {
    private final TrainingProgram.Step step;
    private final Lifetimes lifetimes;
    private final Recorder recorder;
    private final Precision precision;
    private final Batch batch;
    private final Map<String, Tensor> tensors = new HashMap<>();
    private final Map<String, Tensor> gradients = new HashMap<>();
    private final Map<Axis, Integer> arrived = new EnumMap<>(Axis.class);

    Frame(TrainingProgram.Step step, Lifetimes lifetimes, Recorder recorder, Precision precision, Batch batch) {
        this.step = step;
        this.lifetimes = lifetimes;
        this.recorder = recorder;
        this.precision = precision;
        this.batch = batch;
    }

    TrainingProgram.Step step() {
        return step;
    }

    Lifetimes lifetimes() {
        return lifetimes;
    }

    /// A tensor that is alive, if it is.
    Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /// @throws IllegalStateException where it is not alive
    Tensor get(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException(step.label() + " has no " + name));
    }

    void put(String name, Tensor tensor) {
        tensors.put(name, tensor);
    }

    /// A tensor for a value or a finding, which this frame then holds.
    Tensor allocate(Kept what, Category category) {
        Tensor tensor = allocateTwin(what, category);
        tensors.put(what.name(), tensor);
        return tensor;
    }

    /// A tensor for a value that is there already, which this frame does not hold.
    Tensor allocateTwin(Kept what, Category category) {
        return recorder.allocate(
                step.label() + "/" + what.name(), sizes(what.shape()), what.heldIn(precision), category);
    }

    /// Takes a tensor out of this frame.
    Tensor take(String name) {
        Tensor tensor = get(name);
        tensors.remove(name);
        return tensor;
    }

    void release(String name) {
        recorder.release(take(name));
    }

    Optional<Tensor> findGradient(Value value) {
        return Optional.ofNullable(gradients.get(value.name()));
    }

    /// The gradient with respect to a value, made where there is none yet.
    void startGradient(Value value) {
        if (!gradients.containsKey(value.name())) {
            Tensor gradient = recorder.allocate(
                    step.label() + "/" + value.name() + ".gradient",
                    sizes(value.shape()),
                    precision.of(value.content()),
                    Category.TEMPORARY);
            gradients.put(value.name(), gradient);
        }
    }

    void putGradient(Value value, Tensor gradient) {
        gradients.put(value.name(), gradient);
    }

    Optional<Tensor> takeGradient(Value value) {
        return Optional.ofNullable(gradients.remove(value.name()));
    }

    void releaseGradients(Operator operator) {
        for (Value written : operator.writes()) {
            takeGradient(written).ifPresent(recorder::release);
        }
    }

    /// Everything that is held, for the end.
    List<Tensor> alive() {
        List<Tensor> alive = new ArrayList<>(tensors.values());
        alive.addAll(gradients.values());
        return alive;
    }

    /// Notes down how many rows other devices are about to send.
    void arriving(ArrivingRows rows) {
        arrived.put(rows.axis(), rows.count());
    }

    private long size(Axis axis) {
        if (axis == Axis.RECEIVED || axis == Axis.GATHERED) {
            return Objects.requireNonNull(arrived.get(axis), "rows have not been told");
        }
        return axis == Axis.BATCH ? batch.sequences() : batch.tokens();
    }

    private List<Integer> sizes(Shape shape) {
        List<Integer> sizes = new ArrayList<>();
        for (Dimension dimension : shape.dimensions()) {
            sizes.add(
                    switch (dimension) {
                        case Dimension.Fixed fixed -> Math.toIntExact(fixed.size());
                        case Dimension.Open open -> Math.toIntExact(open.size(size(open.axis())));
                    });
        }
        return sizes;
    }
}
