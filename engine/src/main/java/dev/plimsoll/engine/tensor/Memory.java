package dev.plimsoll.engine.tensor;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Text;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Hands out tensors and takes them back, and knows at each moment how many bytes are held for what.
///
/// A tensor counts as the bytes of its elements in its data type; Java's array headers (16 bytes each) are not counted.
public final class Memory {
    private final long limit;
    private final AfterRelease afterRelease;
    private final Map<Category, Long> held = new EnumMap<>(Category.class);
    private String moment = "start";
    private long peak;
    private String peakMoment = moment;

    /// @param limit more than this is never held, scratch included
    public Memory(Bytes limit, AfterRelease afterRelease) {
        this.limit = limit.count();
        this.afterRelease = afterRelease;
        for (Category category : Category.values()) {
            held.put(category, 0L);
        }
    }

    /// Without a limit of its own, and without poison.
    public static Memory unlimited() {
        return new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.FORGET);
    }

    /// Names what happens from here on, for the peak.
    public synchronized void moment(String label) {
        moment = label;
    }

    /// A tensor of zeros.
    ///
    /// @param sizes elements along each axis, the innermost last; none for a single number
    /// @throws InputException when it would not fit, before anything is made
    public synchronized Tensor allocate(String name, List<Integer> sizes, DataType dataType, Category category) {
        int elements = elements(name, sizes);
        long bytes = dataType.bytes(elements).count();
        long now = heldByAll();
        if (bytes > limit - now) {
            throw tooMuch(name, bytes, now);
        }
        Tensor tensor = new Tensor(name, sizes, dataType, category, elements);
        held.merge(category, bytes, Long::sum);
        long counted = now + bytes - held(Category.SCRATCH).count();
        if (category != Category.SCRATCH && counted > peak) {
            peak = counted;
            peakMoment = moment;
        }
        return tensor;
    }

    /// Takes a tensor back; it cannot be read afterwards.
    ///
    /// @throws IllegalStateException when it has been released before
    public synchronized void release(Tensor tensor) {
        tensor.release(afterRelease);
        held.merge(tensor.category(), -tensor.bytes().count(), Long::sum);
    }

    /// Held for that purpose now.
    public synchronized Bytes held(Category category) {
        return new Bytes(held.getOrDefault(category, 0L));
    }

    /// The most held at once so far.
    public synchronized Peak peak() {
        return new Peak(new Bytes(peak), peakMoment);
    }

    /// Starts anew to watch for a peak, from what is held now.
    public synchronized void forgetPeak() {
        peak = heldByAll() - held(Category.SCRATCH).count();
        peakMoment = moment;
    }

    private long heldByAll() {
        return held.values().stream().mapToLong(Long::longValue).sum();
    }

    private static int elements(String name, List<Integer> sizes) {
        long elements = 1;
        for (int size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException(Text.printable(name) + " has a size of " + size);
            }
            elements *= size;
            if (elements > Integer.MAX_VALUE) {
                throw InputException.unsupported(
                        "tensor %s %s: the engine holds at most 2^31 - 1 elements in one tensor"
                                .formatted(Text.printable(name), sizes),
                        "Execute a smaller model, for example scaled down.");
            }
        }
        return (int) elements;
    }

    private InputException tooMuch(String name, long bytes, long now) {
        return new InputException(
                FailureKind.SURROUNDINGS,
                "tensor %s: needs %s more than the %s held, expected at most %s in all"
                        .formatted(Text.printable(name), new Bytes(bytes), new Bytes(now), new Bytes(limit)),
                "Raise the limit, or execute a smaller model, a smaller batch or a shorter sequence.");
    }
}
