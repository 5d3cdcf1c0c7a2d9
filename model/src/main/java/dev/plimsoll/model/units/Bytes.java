package dev.plimsoll.model.units;

/// An exact number of bytes. Every operation is exact or throws [ArithmeticException].
public record Bytes(long count) implements Comparable<Bytes> {
    public static final Bytes ZERO = new Bytes(0);

    public Bytes {
        if (count < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + count);
        }
    }

    public Bytes plus(Bytes other) {
        return new Bytes(Math.addExact(count, other.count));
    }

    public Bytes times(long factor) {
        return new Bytes(Math.multiplyExact(count, factor));
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(count, other.count);
    }

    /// For people: the largest binary unit that leaves at least 1, with two decimals, for example `1.25 GiB`.
    @Override
    public String toString() {
        return ByteUnits.BINARY.print(count);
    }
}
