package dev.plimsoll.planner.search;

/// A candidate that fits, as a search keeps it.
///
/// @param number of the candidate
/// @param score lower is better
/// @param devices how many it takes
record Place(long number, double score, double seconds, long bytes, long devices, double cost)
        implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        int byScore = Double.compare(score, other.score);
        int bySeconds = byScore != 0 ? byScore : Double.compare(seconds, other.seconds);
        return bySeconds != 0 ? bySeconds : Long.compare(number, other.number);
    }

    /// Whether it is at least as good in time, memory and devices, and is better or comes first.
    boolean dominates(Place other) {
        if (seconds > other.seconds || bytes > other.bytes || devices > other.devices) {
            return false;
        }
        boolean better = seconds < other.seconds || bytes < other.bytes || devices < other.devices;
        return better || number < other.number;
    }
}
