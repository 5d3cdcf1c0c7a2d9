package dev.plimsoll.engine.meter;

import java.util.ArrayList;
import java.util.List;

/// One [Work] for each worker, and their sum. Handed to whoever works; never global.
public final class Meter {
    private static final Meter OFF = new Meter(List.of());

    private final List<Work> works;

    private Meter(List<Work> works) {
        this.works = works;
    }

    /// A meter at zero for so many workers.
    public static Meter counting(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("a meter needs at least one worker: " + workers);
        }
        List<Work> works = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            works.add(Work.counting());
        }
        return new Meter(List.copyOf(works));
    }

    /// A meter that counts nothing, for any number of workers.
    public static Meter off() {
        return OFF;
    }

    /// Where that worker counts, and no other.
    public Work worker(int worker) {
        return works.isEmpty() ? Work.ignored() : works.get(worker);
    }

    /// The sum over the workers; to be asked for while none of them works.
    public Counts counts() {
        return works.stream().map(Work::counts).reduce(Counts.ZERO, Counts::plus);
    }
}
