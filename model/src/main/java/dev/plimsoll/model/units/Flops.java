package dev.plimsoll.model.units;

/// A number of floating-point operations (a count, not a rate); one multiply-add is two.
///
/// A double, since training totals pass 10^25; exact below 2^53.
public record Flops(double count) implements Comparable<Flops> {
    public static final Flops ZERO = new Flops(0);

    public Flops {
        if (!(count >= 0) || Double.isInfinite(count)) {
            throw new IllegalArgumentException("FLOPs must be finite and not negative: " + count);
        }
    }

    public Flops plus(Flops other) {
        return new Flops(count + other.count);
    }

    public Flops times(double factor) {
        return new Flops(count * factor);
    }

    @Override
    public int compareTo(Flops other) {
        return Double.compare(count, other.count);
    }

    /// For people: decimal prefixes, for example `14.02 TFLOPs`.
    @Override
    public String toString() {
        return Numbers.decimalPrefix(count) + "FLOPs";
    }
}
