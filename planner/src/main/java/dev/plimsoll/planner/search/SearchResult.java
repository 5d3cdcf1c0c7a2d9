package dev.plimsoll.planner.search;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What a search found. Everything is the same at any number of threads, unless it was interrupted.
///
/// @param considered candidates, possible or not: `fitting` and those rejected for other reasons than being dominated
/// @param fitting candidates that can be run
/// @param best the best first
/// @param front layouts than which no other has a shorter step, less memory and fewer devices; the fastest first
/// @param rejected candidates by reason; those that are neither among the best nor on the front are dominated
public record SearchResult(
        Outcome outcome,
        long considered,
        long fitting,
        List<RankedLayout> best,
        List<RankedLayout> front,
        Map<Rejection, Long> rejected) {
    /// Whether the whole space was looked at.
    public enum Outcome {
        COMPLETE,
        INTERRUPTED
    }

    public SearchResult {
        best = List.copyOf(best);
        front = List.copyOf(front);
        rejected = Collections.unmodifiableMap(new EnumMap<>(rejected));
    }
}
