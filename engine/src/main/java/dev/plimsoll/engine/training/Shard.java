package dev.plimsoll.engine.training;

import dev.plimsoll.model.execution.Parallelism.Sharding;

/// Which elements of a parameter a device keeps states of, and changes, where several devices share them out.
///
/// A parameter of `E` elements, as this device's kind holds it, is cut into `of` runs of `ceil(E / of)`; the last ones
/// are shorter, or empty, but room is held for all. Source: Rajbhandari et al. 2020 (ZeRO), section 5.
///
/// @param sharding what is held of these elements alone
/// @param place which run, from 0 on
/// @param of how many
/// @param elements `E`
public record Shard(Sharding sharding, int place, int of, int elements) {
    /// Everything.
    static Shard whole(int elements) {
        return new Shard(Sharding.NONE, 0, 1, elements);
    }

    /// The first element.
    int from() {
        return (int) Math.min(elements, (long) place * room());
    }

    int count() {
        return Math.min(room(), elements - from());
    }

    /// Elements that are held where only this run is.
    int room() {
        return Math.ceilDiv(elements, of);
    }

    boolean ofStates() {
        return of > 1 && sharding.compareTo(Sharding.OPTIMIZER) >= 0;
    }

    boolean ofGradients() {
        return of > 1 && sharding.compareTo(Sharding.GRADIENTS) >= 0;
    }

    boolean ofWeights() {
        return of > 1 && sharding == Sharding.WEIGHTS;
    }

    /// Where the run begins in the gradient that is held.
    int inGradient() {
        return ofGradients() ? 0 : from();
    }

    /// Where it begins in the weight that is held.
    int inWeight() {
        return ofWeights() ? 0 : from();
    }
}
