package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;

/// Arrays of f32 that one step works in and hands back, so that the next one need not have them made and zeroed.
///
/// They are held as [Category#SCRATCH]. Taken and given back by the thread that calls the operators.
public final class Scratch {
    private final Memory memory;
    private final List<Tensor> free = new ArrayList<>();

    Scratch(Memory memory) {
        this.memory = memory;
    }

    /// An array with room for so many elements or more, with anything in it.
    Tensor take(int elements) {
        Tensor best = null;
        for (Tensor tensor : free) {
            if (tensor.elements() >= elements && (best == null || tensor.elements() < best.elements())) {
                best = tensor;
            }
        }
        if (best != null) {
            free.remove(best);
            return best;
        }
        dropTheLargest();
        return memory.allocate("scratch", List.of(elements), DataType.F32, Category.SCRATCH);
    }

    void giveBack(Tensor tensor) {
        free.add(tensor);
    }

    /// A larger one is about to take its place.
    private void dropTheLargest() {
        Tensor largest = null;
        for (Tensor tensor : free) {
            if (largest == null || tensor.elements() > largest.elements()) {
                largest = tensor;
            }
        }
        if (largest != null) {
            free.remove(largest);
            memory.release(largest);
        }
    }
}
