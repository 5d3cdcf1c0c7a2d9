package dev.plimsoll.engine.training;

import java.util.List;

/// How many copies of tokens a device sent to the experts of each device of its expert group, on the way forward.
///
/// @param microBatch from 0 on
/// @param label of the block
/// @param counts in the order of the group, its own included
public record RoutedRows(int microBatch, String label, List<Integer> counts) {
    public RoutedRows {
        counts = List.copyOf(counts);
    }
}
