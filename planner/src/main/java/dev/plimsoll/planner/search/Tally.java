package dev.plimsoll.planner.search;

import java.util.EnumMap;
import java.util.Map;

/// How many candidates one thread has seen, by what became of them.
final class Tally {
    private final EnumMap<Rejection, long[]> rejected = new EnumMap<>(Rejection.class);
    private long fitting;

    Tally() {
        for (Rejection reason : Rejection.values()) {
            rejected.put(reason, new long[1]);
        }
    }

    void reject(Rejection reason, long candidates) {
        counter(reason)[0] += candidates;
    }

    void fit() {
        fitting++;
    }

    long fitting() {
        return fitting;
    }

    long considered() {
        return fitting + rejected.values().stream().mapToLong(count -> count[0]).sum();
    }

    void merge(Tally other) {
        fitting += other.fitting;
        other.rejected.forEach((reason, count) -> reject(reason, count[0]));
    }

    /// Reasons that came up.
    Map<Rejection, Long> rejected() {
        Map<Rejection, Long> counts = new EnumMap<>(Rejection.class);
        rejected.forEach((reason, count) -> {
            if (count[0] > 0) {
                counts.put(reason, count[0]);
            }
        });
        return counts;
    }

    private long[] counter(Rejection reason) {
        long[] counter = rejected.get(reason);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + reason);
        }
        return counter;
    }
}
