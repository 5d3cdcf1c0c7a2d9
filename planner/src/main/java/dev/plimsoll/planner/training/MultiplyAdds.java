package dev.plimsoll.planner.training;

/// Multiply-adds of matrix products; a FLOP count is twice as much.
///
/// @param logical what the model asks for: of attention, the pairs that the mask lets a query see
/// @param executed what is multiplied: of attention, all pairs or those of the tiles that are not skipped. Padding of
///     edges to whole vectors is not predicted.
public record MultiplyAdds(long logical, long executed) {
    public static final MultiplyAdds NONE = new MultiplyAdds(0, 0);

    static MultiplyAdds of(long both) {
        return new MultiplyAdds(both, both);
    }

    public MultiplyAdds plus(MultiplyAdds other) {
        return new MultiplyAdds(Math.addExact(logical, other.logical), Math.addExact(executed, other.executed));
    }

    MultiplyAdds times(long factor) {
        return new MultiplyAdds(Math.multiplyExact(logical, factor), Math.multiplyExact(executed, factor));
    }
}
