package dev.plimsoll.planner.device;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.DataType;
import java.util.List;

/// Bytes of keys and values on their way round a ring, which a device holds beside its own while it attends to them: one
/// part that is looked at and one that arrives; backward also their gradients, in f32.
final class Travelling {
    private static final int PARTS = 2;

    private Travelling() {}

    static long forward(Operator operator, DeviceSizes sizes) {
        return operator instanceof Collective.RingAttention ring
                ? PARTS
                        * (sizes.bytes(ring.core().key())
                                + sizes.bytes(ring.core().value()))
                : 0;
    }

    /// @param inputs that get a gradient
    static long gradient(Operator operator, List<Value> inputs, DeviceSizes sizes) {
        if (!(operator instanceof Collective.RingAttention ring)) {
            return 0;
        }
        long gradients = 0;
        for (Value part : List.of(ring.core().key(), ring.core().value())) {
            if (inputs.contains(part)) {
                gradients += DataType.F32.bytes(sizes.elements(part.shape())).count();
            }
        }
        return forward(operator, sizes) + PARTS * gradients;
    }
}
