package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;

/// A tensor that goes round a group, each device's to the next: the one that is here and room for the one that comes.
///
/// A device alone has room for none.
final class Travelling implements AutoCloseable {
    private final Machine machine;
    private final Ring ring;
    private final Transfers transfers;
    private final List<Tensor> rooms = new ArrayList<>();
    private Tensor here;

    /// @param own what this device begins with
    /// @param dataType what it is held in on its way
    Travelling(Machine machine, Ring ring, Tensor own, DataType dataType) {
        this.machine = machine;
        this.ring = ring;
        this.transfers = new Transfers(machine);
        this.here = own;
        for (int room = 0; ring.size() > 1 && room < 2; room++) {
            rooms.add(machine.memory().allocate(own.name() + " on its way", own.sizes(), dataType, Category.TEMPORARY));
        }
    }

    float[] read(Floats floats) {
        return floats.read(here);
    }

    /// What is here goes to the next device of the group, and what the one before has comes.
    void hop() {
        Tensor free = here == rooms.getFirst() ? rooms.getLast() : rooms.getFirst();
        transfers.write(free, ring.shift(transfers.read(here), here.dataType()));
        here = free;
    }

    @Override
    public void close() {
        rooms.forEach(machine.memory()::release);
    }
}
