package dev.plimsoll.engine.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// So many threads that work on one task at a time, each on a part that its number alone decides.
///
/// The caller is worker 0. The others wait for the next task: a fraction of a millisecond awake, since a task often
/// follows on the heels of another, then parked. Tasks are run from one thread, and not from within a task.
public final class Workers implements AutoCloseable {
    /// A part of a task.
    @FunctionalInterface
    public interface Task {
        /// @param worker which part, from 0 on
        void run(int worker);
    }

    /// A part of a task over items.
    @FunctionalInterface
    public interface RangeTask {
        /// @param from the first item of the part
        /// @param to the item after its last one
        void run(int worker, int from, int to);
    }

    /// Looks at a field before a thread offers its core to others at every further look: some 10 microseconds.
    private static final int SPINS = 300;
    /// How long a thread looks before it parks. Parts that are equally long still end some tens of microseconds apart,
    /// and to be woken takes as long again: parked at once, both sides would pay for it at every task.
    private static final long NANOSECONDS_AWAKE = 200_000;

    private final List<Helper> helpers = new ArrayList<>();
    private volatile Run current = new Run(worker -> {}, 0, Thread.currentThread());
    private boolean running;

    /// @param threads the caller's among them, at least 1
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed: " + threads);
        }
        for (int worker = 1; worker < threads; worker++) {
            helpers.add(new Helper(worker, current));
        }
        helpers.forEach(Helper::start);
    }

    /// How many they are, the caller among them.
    public int count() {
        return helpers.size() + 1;
    }

    /// Runs the task once for each worker, and returns when all have ended.
    ///
    /// @throws RuntimeException what the first of them threw, when all have ended
    public void run(Task task) {
        if (running) {
            throw new IllegalStateException("a task within a task");
        }
        running = true;
        Run run = new Run(task, helpers.size(), Thread.currentThread());
        current = run;
        helpers.forEach(Helper::wake);
        run.part(0);
        run.await();
        running = false;
        run.rethrow();
    }

    /// Shares `items` among the workers in runs of neighbours, as even as multiples of `grain` allow.
    ///
    /// A worker without an item is not called.
    public void forEachRange(int items, int grain, RangeTask task) {
        run(worker -> {
            int from = boundary(worker, count(), items, grain);
            int to = boundary(worker + 1, count(), items, grain);
            if (from < to) {
                task.run(worker, from, to);
            }
        });
    }

    /// The first item of a part: a multiple of `grain`, or the number of items.
    static int boundary(int part, int parts, int items, int grain) {
        long grains = Math.ceilDiv(items, grain);
        return (int) Math.min(items, grains * part / parts * grain);
    }

    /// Ends the threads.
    @Override
    public void close() {
        for (Helper helper : helpers) {
            helper.end();
        }
    }

    /// One task while it is worked on.
    private static final class Run {
        private final Task task;
        private final AtomicInteger unfinished;
        private final Thread caller;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Run(Task task, int helpers, Thread caller) {
            this.task = task;
            this.unfinished = new AtomicInteger(helpers);
            this.caller = caller;
        }

        @SuppressWarnings("ThrowableNotThrown") // it is, by the caller, when all have ended
        void part(int worker) {
            try {
                task.run(worker);
            } catch (RuntimeException | Error thrown) {
                failure.compareAndSet(null, thrown);
            }
        }

        void partOfHelper(int worker) {
            part(worker);
            if (unfinished.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }

        void await() {
            Patience patience = new Patience();
            while (unfinished.get() > 0) {
                if (!patience.lasts()) {
                    LockSupport.park(this);
                }
            }
        }

        void rethrow() {
            switch (failure.get()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> {}
            }
        }
    }

    /// How a thread waits before it parks.
    private static final class Patience {
        private int looks;
        private long until;

        /// Waits a moment; false when it has waited long enough.
        @SuppressWarnings("ThreadPriorityCheck") // a courtesy to others who want the core; nothing relies on it
        boolean lasts() {
            if (looks < SPINS) {
                looks++;
                Thread.onSpinWait();
                return true;
            }
            long now = System.nanoTime();
            if (until == 0) {
                until = now + NANOSECONDS_AWAKE;
            }
            Thread.yield();
            return now - until < 0;
        }
    }

    /// One thread, from the start of the workers to their end.
    private final class Helper {
        private final int worker;
        private final Thread thread;
        private Run last;
        private volatile boolean parked;
        private volatile boolean ended;

        Helper(int worker, Run last) {
            this.worker = worker;
            this.last = last;
            this.thread = Thread.ofPlatform().daemon().name("worker " + worker).unstarted(this::work);
        }

        void start() {
            thread.start();
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(thread);
            }
        }

        void end() {
            ended = true;
            LockSupport.unpark(thread);
        }

        private void work() {
            while (next()) {
                last.partOfHelper(worker);
            }
        }

        /// Waits for a task not yet worked on; false at the end.
        private boolean next() {
            Patience patience = new Patience();
            while (current == last) {
                if (ended) {
                    return false;
                }
                if (!patience.lasts()) {
                    parkUnlessThereIsATask();
                }
            }
            last = current;
            return true;
        }

        /// Says that it parks before it looks again, so that a task set in between is seen by one of the two sides.
        private void parkUnlessThereIsATask() {
            parked = true;
            if (current == last && !ended) {
                LockSupport.park(Workers.this);
            }
            parked = false;
        }
    }
}
