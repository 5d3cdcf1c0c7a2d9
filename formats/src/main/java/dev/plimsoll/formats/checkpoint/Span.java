package dev.plimsoll.formats.checkpoint;

import java.util.Comparator;

/// Where a tensor's bytes lie in the data of its file.
///
/// @param tensor its name
/// @param begin its first byte
/// @param end past its last byte
public record Span(String tensor, long begin, long end) implements Comparable<Span> {
    private static final Comparator<Span> IN_FILE_ORDER =
            Comparator.comparingLong(Span::begin).thenComparingLong(Span::end);

    @Override
    public int compareTo(Span other) {
        return IN_FILE_ORDER.compare(this, other);
    }
}
