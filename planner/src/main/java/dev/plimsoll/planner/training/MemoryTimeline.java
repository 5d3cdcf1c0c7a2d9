package dev.plimsoll.planner.training;

import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.List;

/// How many bytes are held at each step of a micro-batch's forward and backward pass, and when most are.
///
/// A walk in order with lifetimes, never a sum of peaks:
///
/// 1. Parameters and what belongs to them ([TrainingStates]) are held throughout; the batch's numbers until their last
///    reader.
/// 2. Forward: an operator's outputs, and what it finds that is kept, are made; then values that no later operator and
///    no gradient reads are let go.
/// 3. Run again: its outputs are made, a second time where they are still there; what no later step reads is let go.
/// 4. Gradients: those of its inputs are made at their first contribution; then those of its outputs are let go, and
///    what no later step reads.
///
/// Kernels' scratch is not in it.
///
/// @param states held from one step to the next
/// @param points in execution order
/// @param peak the first of the points with the most bytes
public record MemoryTimeline(TrainingStates states, List<Point> points, Point peak) {
    /// After a step's allocations, before its releases.
    ///
    /// @param held all that is held
    public record Point(Moment moment, Bytes held) {}

    public MemoryTimeline {
        points = List.copyOf(points);
    }

    public static MemoryTimeline of(TrainingProgram program, TrainingStates states, MicroBatch batch) {
        List<Point> points = new MemoryWalk(program, states.total(), batch).points();
        Point peak = points.getFirst();
        for (Point point : points) {
            if (point.held().compareTo(peak.held()) > 0) {
                peak = point;
            }
        }
        return new MemoryTimeline(states, points, peak);
    }
}
