package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.result.Explanation;
import java.util.Comparator;
import java.util.List;

/// What one device of one stage holds, line by line.
///
/// @param stage from 0
/// @param layers of the model on it
/// @param usable bytes that programs can use, not what is printed on the box
/// @param budget bytes that the engine lets itself fill: weights, runtime, activations and cache
/// @param budgetLine the budget by its formula
/// @param lines what is there beside the cache
public record DeviceMemory(
        int stage,
        long layers,
        long usable,
        long budget,
        Explanation budgetLine,
        List<MemoryLine> lines,
        StageCache cache) {
    public DeviceMemory {
        lines = List.copyOf(lines);
    }

    public long bytes(MemoryLine.Kind kind) {
        long sum = 0;
        for (MemoryLine line : lines) {
            sum = Math.addExact(sum, line.kind() == kind ? line.bytes() : 0);
        }
        return sum;
    }

    /// Everything but the cache.
    public long beforeCache() {
        long sum = 0;
        for (MemoryLine line : lines) {
            sum = Math.addExact(sum, line.bytes());
        }
        return sum;
    }

    /// What the budget leaves for the cache.
    public long left() {
        return Math.max(0, budget - beforeCache());
    }

    /// Whether everything but the cache is within the budget.
    public boolean holdsModel() {
        return beforeCache() <= budget;
    }

    public boolean fits(long tokens, long sequences) {
        return holdsModel() && cache.fits(tokens, sequences, left());
    }

    /// The largest lines, at most three.
    public List<MemoryLine> largest() {
        return lines.stream()
                .sorted(Comparator.comparingLong(MemoryLine::bytes).reversed())
                .limit(3)
                .toList();
    }
}
