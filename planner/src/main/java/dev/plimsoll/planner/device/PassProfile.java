package dev.plimsoll.planner.device;

import dev.plimsoll.planner.training.Moment;
import java.util.List;

/// What one micro-batch holds of one chunk's tensors while a pass runs.
///
/// @param points in execution order
/// @param after bytes held when the pass is over
/// @param savedAfter those of them that were kept in the forward pass
record PassProfile(List<Point> points, long after, long savedAfter) {
    /// After a step's allocations, before its releases.
    record Point(Moment moment, long held) {}

    static final PassProfile NOTHING = new PassProfile(List.of(), 0, 0);

    PassProfile {
        points = List.copyOf(points);
    }
}
