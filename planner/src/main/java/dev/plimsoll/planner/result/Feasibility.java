package dev.plimsoll.planner.result;

import java.util.Comparator;
import java.util.List;

/// Whether a plan can be run: a result, not a failure.
public sealed interface Feasibility {
    /// @param headroom bytes that are left
    record Fits(long headroom) implements Feasibility {}

    /// @param needed bytes
    /// @param available bytes
    /// @param largest what takes most of them, the largest first
    record DoesNotFit(long needed, long available, List<Item> largest) implements Feasibility {
        public DoesNotFit {
            largest = List.copyOf(largest);
        }
    }

    /// A named number of bytes.
    record Item(String name, long bytes) {}

    /// How many items a refusal names.
    int NAMED = 3;

    /// The verdict on so many bytes.
    ///
    /// @param items what the needed bytes are made of, in any order
    static Feasibility of(long needed, long available, List<Item> items) {
        if (needed <= available) {
            return new Fits(available - needed);
        }
        return new DoesNotFit(
                needed,
                available,
                items.stream()
                        .sorted(Comparator.comparingLong(Item::bytes).reversed())
                        .limit(NAMED)
                        .toList());
    }

    /// The word of the JSON answer.
    default String word() {
        return switch (this) {
            case Fits _ -> "fits";
            case DoesNotFit _ -> "does-not-fit";
        };
    }
}
