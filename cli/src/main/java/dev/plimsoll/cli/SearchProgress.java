package dev.plimsoll.cli;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.search.SearchControl.Progress;
import java.time.Duration;
import java.time.Instant;

/// Says once in a while how far a search is.
final class SearchProgress {
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final Console console;
    private Instant next = Instant.now().plus(BETWEEN);

    SearchProgress(Console console) {
        this.console = console;
    }

    /// Called by one thread at a time.
    void told(Progress progress) {
        Instant now = Instant.now();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(BETWEEN);
        String best = Double.isFinite(progress.bestSeconds())
                ? ", the fastest step " + Numbers.decimals(progress.bestSeconds(), 2) + " s"
                : "";
        console.progress("search: " + Numbers.grouped(progress.done()) + " of " + Numbers.grouped(progress.all())
                + " looked at, " + Numbers.grouped(progress.fitting()) + " fit" + best);
    }
}
