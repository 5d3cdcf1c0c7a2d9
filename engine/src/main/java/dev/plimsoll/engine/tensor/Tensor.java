package dev.plimsoll.engine.tensor;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Text;
import java.util.List;

/// A named array of elements *held* in a data type: rounded to nearest even when stored, widened to f32 when loaded.
///
/// Made and released by a [Memory]. Reading or writing one that has been released is a mistake of ours and throws
/// [IllegalStateException].
public final class Tensor {
    private final String name;
    private final List<Integer> sizes;
    private final DataType dataType;
    private final Category category;
    private final int elements;
    private final Held held;
    private volatile boolean released;
    private volatile boolean read;

    Tensor(String name, List<Integer> sizes, DataType dataType, Category category, int elements) {
        this.name = name;
        this.sizes = List.copyOf(sizes);
        this.dataType = dataType;
        this.category = category;
        this.elements = elements;
        this.held = Held.of(dataType, elements);
    }

    public String name() {
        return name;
    }

    /// Elements along each axis, the innermost last.
    public List<Integer> sizes() {
        return sizes;
    }

    public DataType dataType() {
        return dataType;
    }

    public Category category() {
        return category;
    }

    /// The product of the sizes; 1 without an axis.
    public int elements() {
        return elements;
    }

    public Bytes bytes() {
        return dataType.bytes(elements);
    }

    /// Widens `count` elements from the `from`-th on to f32, and counts their bytes as read.
    public void load(int from, float[] to, int toOffset, int count, Work work) {
        checkHeld();
        markRead();
        held.load(from, to, toOffset, count);
        work.read((long) count * dataType.blockBytes());
    }

    /// Rounds `count` values to the elements from the `from`-th on, and counts their bytes as written.
    public void store(int from, float[] values, int offset, int count, Work work) {
        checkHeld();
        held.store(from, values, offset, count);
        work.written((long) count * dataType.blockBytes());
    }

    /// The elements of a tensor held in f32, not copied; whoever reads or writes them counts the bytes.
    ///
    /// @throws IllegalStateException when it is held in another data type
    public float[] floats() {
        return switch (readable()) {
            case Held.Floats(float[] array) -> array;
            case Held.BrainFloats _, Held.HalfFloats _, Held.Octets _, Held.Integers _ ->
                throw heldOtherwise(DataType.F32);
        };
    }

    /// The elements of a tensor held in u8, not copied; whoever reads or writes them counts the bytes.
    ///
    /// @throws IllegalStateException when it is held in another data type
    public byte[] octets() {
        return switch (readable()) {
            case Held.Octets(byte[] array) -> array;
            case Held.Floats _, Held.BrainFloats _, Held.HalfFloats _, Held.Integers _ ->
                throw heldOtherwise(DataType.U8);
        };
    }

    /// The elements of a tensor held in i32, not copied; whoever reads or writes them counts the bytes.
    ///
    /// @throws IllegalStateException when it is held in another data type
    public int[] integers() {
        return switch (readable()) {
            case Held.Integers(int[] array) -> array;
            case Held.Floats _, Held.BrainFloats _, Held.HalfFloats _, Held.Octets _ ->
                throw heldOtherwise(DataType.I32);
        };
    }

    /// Whether its elements were asked for since it was made, or since [#forgetReads()].
    public boolean wasRead() {
        return read;
    }

    /// Starts anew to watch for readers.
    public void forgetReads() {
        read = false;
    }

    public boolean isReleased() {
        return released;
    }

    void release(AfterRelease afterRelease) {
        checkHeld();
        released = true;
        switch (afterRelease) {
            case FORGET -> {}
            case POISON -> held.poison();
        }
    }

    private Held readable() {
        checkHeld();
        markRead();
        return held;
    }

    private void markRead() {
        if (!read) {
            read = true;
        }
    }

    private void checkHeld() {
        if (released) {
            throw new IllegalStateException(Text.printable(name) + " was used after its release");
        }
    }

    private IllegalStateException heldOtherwise(DataType asked) {
        return new IllegalStateException(
                Text.printable(name) + " is held in " + dataType.name() + ", not in " + asked.name());
    }
}
