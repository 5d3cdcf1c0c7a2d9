package dev.plimsoll.planner.search;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// How a search is run, which changes nothing in its answer.
///
/// @param progress told now and then, by one thread at a time
/// @param interrupted asked now and then whether to stop with the best so far
public record SearchControl(int threads, Consumer<Progress> progress, BooleanSupplier interrupted) {
    /// How far a search is.
    ///
    /// @param done candidates behind it
    /// @param all candidates
    /// @param fitting of those done
    /// @param bestSeconds the shortest step so far; infinite before the first
    public record Progress(long done, long all, long fitting, double bestSeconds) {}

    public SearchControl {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread, not " + threads);
        }
    }

    /// Quietly and to the end.
    public static SearchControl of(int threads) {
        return new SearchControl(threads, _ -> {}, () -> false);
    }
}
