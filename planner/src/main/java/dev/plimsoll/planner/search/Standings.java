package dev.plimsoll.planner.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The best candidates and the Pareto front that one thread has seen.
///
/// Threads share only the score that is surely good enough for no place among the best; it leaves out no candidate that
/// belongs there, so what remains when all are merged does not depend on who saw what.
final class Standings {
    private final int count;
    private final AtomicLong threshold;
    private final List<Place> best = new ArrayList<>();
    private final List<Place> front = new ArrayList<>();

    /// @param count of the best that are kept
    /// @param threshold the worst score that may still be good enough, as the bits of a double that is not negative
    Standings(int count, AtomicLong threshold) {
        this.count = count;
        this.threshold = threshold;
    }

    static AtomicLong noThreshold() {
        return new AtomicLong(Double.doubleToLongBits(Double.POSITIVE_INFINITY));
    }

    /// Whether a candidate can neither be among the best nor on the front.
    ///
    /// @param score at most the candidate's
    /// @param seconds at most the candidate's
    boolean excludes(double score, double seconds, long bytes, long devices) {
        return score > Double.longBitsToDouble(threshold.get()) && isDominated(seconds, bytes, devices);
    }

    private boolean isDominated(double seconds, long bytes, long devices) {
        for (int at = 0; at < front.size(); at++) {
            Place place = front.get(at);
            if (place.seconds() >= seconds) {
                return false;
            }
            if (place.bytes() <= bytes && place.devices() <= devices) {
                return true;
            }
        }
        return false;
    }

    void offer(Place place) {
        if (best.size() < count || place.compareTo(best.getLast()) < 0) {
            int at = Collections.binarySearch(best, place);
            if (at >= 0) {
                return;
            }
            best.add(-at - 1, place);
            if (best.size() > count) {
                best.removeLast();
            }
            if (best.size() == count) {
                threshold.accumulateAndGet(
                        Double.doubleToLongBits(best.getLast().score()), Math::min);
            }
        }
        for (Place other : front) {
            if (other.number() == place.number() || other.dominates(place)) {
                return;
            }
        }
        front.removeIf(place::dominates);
        int at = 0;
        while (at < front.size() && front.get(at).seconds() < place.seconds()) {
            at++;
        }
        front.add(at, place);
    }

    void merge(Standings other) {
        other.best.forEach(this::offer);
        other.front.forEach(this::offer);
    }

    List<Place> best() {
        return best;
    }

    /// The fastest first; of equally fast ones, the one that comes first.
    List<Place> front() {
        return front.stream()
                .sorted((one, other) -> one.seconds() == other.seconds()
                        ? Long.compare(one.number(), other.number())
                        : Double.compare(one.seconds(), other.seconds()))
                .toList();
    }
}
