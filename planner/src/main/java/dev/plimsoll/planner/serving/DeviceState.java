package dev.plimsoll.planner.serving;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.Tally;
import java.util.List;

/// What layers of one kind carry from token to token, on one device.
///
/// @param layers how many there are
/// @param parts of one layer's state
record DeviceState(String block, long layers, List<StatePart> parts) {
    /// @param shape on the device
    /// @param tokens how many of that shape are kept: 1 of a recurrence, one less than its width of a convolution
    record StatePart(String name, Shape shape, long tokens, DataType type) {}

    DeviceState {
        parts = List.copyOf(parts);
    }

    /// Bytes of one layer for one sequence.
    long bytesOfOne() {
        QuickTally tally = new QuickTally();
        parts.forEach(part -> count(part, 1, 1, tally));
        return tally.exact(block);
    }

    void count(long sequences, Tally tally) {
        parts.forEach(part -> count(part, layers, sequences, tally));
    }

    private static void count(StatePart part, long copies, long sequences, Tally tally) {
        tally.leaf(part.name()).times("L", copies);
        for (Dimension dimension : part.shape().dimensions()) {
            if (dimension instanceof Dimension.Fixed fixed) {
                tally.times(fixed.axis().letter(), fixed.size());
            }
        }
        if (part.tokens() > 1) {
            tally.times("(c - 1)", part.tokens());
        }
        tally.times("bytes", part.type().blockBytes()).times("sequences", sequences);
    }
}
