package dev.plimsoll.planner.serving;

import java.util.function.LongPredicate;

/// Inverts a condition that holds up to some number and not beyond.
final class Solver {
    private Solver() {}

    /// The largest number for which the condition holds, `least` where it holds for none, `most` where for all.
    static long largest(long least, long most, LongPredicate holds) {
        long holding = least;
        long step = 1;
        // Doubling first keeps the numbers small that are tried.
        while (holding + step <= most && holds.test(holding + step)) {
            holding += step;
            step *= 2;
        }
        long failing = Math.min(most + 1, holding + step);
        while (failing - holding > 1) {
            long middle = holding + (failing - holding) / 2;
            if (holds.test(middle)) {
                holding = middle;
            } else {
                failing = middle;
            }
        }
        return holding;
    }
}
