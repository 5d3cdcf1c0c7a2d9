package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.List;

/// All slots side by side, allocated at once.
final class ContiguousStore implements EntryStore {
    private final Memory memory;
    private final EntryShape shape;
    private final int capacity;
    private final List<Tensor> tensors = new ArrayList<>();

    ContiguousStore(Memory memory, String name, EntryShape shape, int capacity) {
        this.memory = memory;
        this.shape = shape;
        this.capacity = capacity;
        for (int part = 0; part < shape.parts(); part++) {
            tensors.add(memory.allocate(
                    name + " " + shape.values().get(part).name(),
                    List.of(capacity, shape.width(part)),
                    shape.dataType(),
                    Category.KEY_VALUE_CACHE));
        }
    }

    @Override
    public void reserve(int slots) {
        if (slots > capacity) {
            throw InputException.usage(
                    "the cache: found a need for " + slots + " tokens of one sequence, expected at most " + capacity,
                    "Ask for room for more tokens, or for fewer new ones.");
        }
    }

    @Override
    public void store(int slot, int part, float[] values, int offset, Work work) {
        int width = shape.width(part);
        tensors.get(part).store(slot * width, values, offset, width, work);
    }

    @Override
    public void load(int slot, int part, float[] to, int offset, Work work) {
        int width = shape.width(part);
        tensors.get(part).load(slot * width, to, offset, width, work);
    }

    @Override
    public Bytes allocated() {
        return new Bytes(capacity * shape.bytes());
    }

    @Override
    public void release() {
        tensors.forEach(memory::release);
    }
}
