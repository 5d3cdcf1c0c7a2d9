package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;

/// One step's tensors as arrays of f32: those held in f32 themselves, others widened into scratch.
///
/// What was written to scratch is rounded into its tensor when this is closed. Every tensor's bytes count as read or
/// written once, however often the step looks at them. An array may be longer than its tensor.
final class Floats implements AutoCloseable {
    /// Elements below which a range is not shared among workers.
    static final int GRAIN = 1024;

    private final Machine machine;
    private final List<Tensor> taken = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();

    /// What is stored at the end.
    private record Pending(Tensor tensor, Tensor scratch) {}

    Floats(Machine machine) {
        this.machine = machine;
    }

    /// All elements, from index 0 on.
    float[] read(Tensor tensor) {
        return read(tensor, 0, tensor.elements()).data();
    }

    /// All elements as rows of so many columns.
    Matrix read(Tensor tensor, int columns) {
        return Matrix.of(read(tensor), tensor.elements() / columns, columns);
    }

    /// `count` elements as one row, from the `from`-th on.
    Matrix read(Tensor tensor, int from, int count) {
        if (tensor.dataType().equals(DataType.F32)) {
            machine.work().read(4L * count);
            return Matrix.of(tensor.floats(), from, 1, count);
        }
        float[] widened = scratch(count);
        machine.workers()
                .forEachRange(
                        count,
                        GRAIN,
                        (worker, first, end) -> tensor.load(
                                from + first,
                                widened,
                                first,
                                end - first,
                                machine.meter().worker(worker)));
        return Matrix.of(widened, 1, count);
    }

    /// All elements, to be written, every one of them.
    float[] write(Tensor tensor) {
        if (tensor.dataType().equals(DataType.F32)) {
            machine.work().written(tensor.bytes().count());
            return tensor.floats();
        }
        Tensor scratch = take(tensor.elements());
        pending.add(new Pending(tensor, scratch));
        return scratch.floats();
    }

    /// All elements, to be added to; the same array when it is asked for again.
    float[] add(Tensor tensor) {
        if (tensor.dataType().equals(DataType.F32)) {
            machine.work().read(tensor.bytes().count());
            machine.work().written(tensor.bytes().count());
            return tensor.floats();
        }
        for (Pending store : pending) {
            if (store.tensor() == tensor) {
                return store.scratch().floats();
            }
        }
        float[] widened = write(tensor);
        machine.workers()
                .forEachRange(
                        tensor.elements(),
                        GRAIN,
                        (worker, first, end) -> tensor.load(
                                first,
                                widened,
                                first,
                                end - first,
                                machine.meter().worker(worker)));
        return widened;
    }

    /// Whole numbers.
    int[] integers(Tensor tensor) {
        machine.work().read(tensor.bytes().count());
        return tensor.integers();
    }

    /// An array with room for so many elements or more, with anything in it.
    float[] scratch(int elements) {
        return take(elements).floats();
    }

    /// The same as a tensor in f32, which may be longer.
    Tensor scratchTensor(int elements) {
        return take(elements);
    }

    private Tensor take(int elements) {
        Tensor scratch = machine.scratch().take(elements);
        taken.add(scratch);
        return scratch;
    }

    /// Rounds what was written, and gives the scratch back.
    @Override
    public void close() {
        for (Pending store : pending) {
            float[] values = store.scratch().floats();
            machine.workers()
                    .forEachRange(
                            store.tensor().elements(),
                            GRAIN,
                            (worker, first, end) -> store.tensor()
                                    .store(
                                            first,
                                            values,
                                            first,
                                            end - first,
                                            machine.meter().worker(worker)));
        }
        taken.forEach(machine.scratch()::giveBack);
    }
}
