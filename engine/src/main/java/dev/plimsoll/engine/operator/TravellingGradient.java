package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;

/// The gradient of a tensor that goes round a group, in f32: it starts at zero, each device adds its part, and after as
/// many hops as there are devices it is home.
///
/// Beside the one that is here there is room for the one that comes; a device alone counts neither.
final class TravellingGradient implements AutoCloseable {
    private final Machine machine;
    private final Ring ring;
    private final List<Tensor> rooms = new ArrayList<>();
    private float[] here;

    TravellingGradient(Machine machine, Ring ring, Tensor of) {
        this.machine = machine;
        this.ring = ring;
        this.here = new float[of.elements()];
        for (int room = 0; ring.size() > 1 && room < 2; room++) {
            rooms.add(machine.memory()
                    .allocate(of.name() + ".gradient on its way", of.sizes(), DataType.F32, Category.TEMPORARY));
        }
    }

    /// @param part as long as the tensor, or empty where nobody wants it
    void add(float[] part) {
        machine.kernels().add(part, 0, here, 0, part.length);
    }

    void hop() {
        if (ring.size() > 1) {
            here = ((Payload.Floats) ring.shift(new Payload.Floats(here), DataType.F32))
                    .values()
                    .clone();
        }
    }

    float[] values() {
        return here;
    }

    @Override
    public void close() {
        rooms.forEach(machine.memory()::release);
    }
}
