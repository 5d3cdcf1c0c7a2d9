package dev.plimsoll.planner.serving;

/// Low-rank adapters that are held ready beside the weights, each of its full rank in the activations' type.
///
/// @param rank of each; 0 where there are none
/// @param count how many are held at once
public record Adapters(long rank, long count) {
    public static final Adapters NONE = new Adapters(0, 0);

    public Adapters {
        if (rank < 0 || count < 0) {
            throw new IllegalArgumentException("adapters of rank " + rank + ", " + count + " of them");
        }
    }
}
