package dev.plimsoll.engine.generation;

import java.util.ArrayList;
import java.util.List;

/// In which pieces a prompt is fed.
@FunctionalInterface
public interface SegmentPlan {
    /// All at once.
    SegmentPlan WHOLE = tokens -> List.of(new TextRun(0, tokens));

    /// Pieces one behind the other, from the first token to the last.
    List<TextRun> segments(int tokens);

    /// Pieces of `size` tokens, the last of which may be shorter.
    static SegmentPlan chunks(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("pieces of " + size + " tokens");
        }
        return tokens -> {
            List<TextRun> segments = new ArrayList<>();
            for (int from = 0; from < tokens; from += Math.min(size, tokens - from)) {
                segments.add(new TextRun(from, from + Math.min(size, tokens - from)));
            }
            return segments;
        };
    }
}
