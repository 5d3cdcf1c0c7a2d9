package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Arrays of f32 in which one sequence's rows are laid out for an attention core; they grow and are kept.
final class Buffers {
    /// What an array is for.
    enum Use {
        QUERY,
        OUTPUT,
        FRESH_KEY,
        FRESH_VALUE,
        KEY,
        VALUE,
        WHOLE_KEY,
        WHOLE_QUERY,
        LATENT_OUTPUT,
        KEY_MAP,
        VALUE_MAP
    }

    private final Memory memory;
    private final Map<Use, Tensor> held = new EnumMap<>(Use.class);

    Buffers(Memory memory) {
        this.memory = memory;
    }

    /// An array with room for so many elements or more, with anything in it.
    float[] array(Use use, int elements) {
        Tensor known = held.get(use);
        if (known != null && known.elements() >= elements) {
            return known.floats();
        }
        if (known != null) {
            memory.release(known);
        }
        int room = known == null ? elements : Math.max(elements, known.elements() + known.elements() / 2);
        Tensor larger = memory.allocate("attention " + use, List.of(room), DataType.F32, Category.SCRATCH);
        held.put(use, larger);
        return larger.floats();
    }
}
