package dev.plimsoll.engine.meter;

/// What was counted up to a moment; the difference of two moments is what happened between them.
///
/// @param logicalMultiplyAdds those that the products asked for; a FLOP count is twice as much
/// @param executedMultiplyAdds those that the lanes did, zeros at the edges included
/// @param bytesRead bytes of held tensors read
/// @param bytesWritten bytes of held tensors written
public record Counts(long logicalMultiplyAdds, long executedMultiplyAdds, long bytesRead, long bytesWritten) {
    public static final Counts ZERO = new Counts(0, 0, 0, 0);

    public Counts plus(Counts other) {
        return new Counts(
                logicalMultiplyAdds + other.logicalMultiplyAdds,
                executedMultiplyAdds + other.executedMultiplyAdds,
                bytesRead + other.bytesRead,
                bytesWritten + other.bytesWritten);
    }

    public Counts minus(Counts earlier) {
        return new Counts(
                logicalMultiplyAdds - earlier.logicalMultiplyAdds,
                executedMultiplyAdds - earlier.executedMultiplyAdds,
                bytesRead - earlier.bytesRead,
                bytesWritten - earlier.bytesWritten);
    }
}
