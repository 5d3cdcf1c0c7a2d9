package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;

/// Between tensors and what is sent.
final class Transfers {
    private final Machine machine;

    Transfers(Machine machine) {
        this.machine = machine;
    }

    /// A copy of all elements.
    Payload read(Tensor tensor) {
        if (tensor.dataType().equals(DataType.I32)) {
            machine.work().read(tensor.bytes().count());
            return new Payload.Integers(tensor.integers().clone());
        }
        return floats(tensor);
    }

    /// A copy of all elements, which are no whole numbers.
    Payload.Floats floats(Tensor tensor) {
        float[] values = new float[tensor.elements()];
        tensor.load(0, values, 0, values.length, machine.work());
        return new Payload.Floats(values);
    }

    /// Overwrites all elements.
    void write(Tensor tensor, Payload payload) {
        requireAsLong(tensor, payload);
        switch (payload) {
            case Payload.Floats(float[] values) -> tensor.store(0, values, 0, values.length, machine.work());
            case Payload.Integers(int[] values) -> {
                machine.work().written(tensor.bytes().count());
                System.arraycopy(values, 0, tensor.integers(), 0, values.length);
            }
        }
    }

    /// Adds to all elements, in f32.
    void add(Tensor tensor, Payload payload) {
        requireAsLong(tensor, payload);
        float[] sum = floats(tensor).values();
        switch (payload) {
            case Payload.Floats(float[] values) -> machine.kernels().add(values, 0, sum, 0, sum.length);
            case Payload.Integers _ -> throw new IllegalStateException("whole numbers have no gradient");
        }
        tensor.store(0, sum, 0, sum.length, machine.work());
    }

    private static void requireAsLong(Tensor tensor, Payload payload) {
        if (tensor.elements() != payload.elements()) {
            throw new IllegalStateException(
                    "%d elements arrived for %s of %d".formatted(payload.elements(), tensor.name(), tensor.elements()));
        }
    }
}
