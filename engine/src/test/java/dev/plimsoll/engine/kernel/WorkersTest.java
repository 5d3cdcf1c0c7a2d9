package dev.plimsoll.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void everyWorkerRunsEveryTaskOnce() {
        try (Workers workers = new Workers(3)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(3);
            for (int task = 0; task < 2000; task++) {
                workers.run(runs::incrementAndGet);
            }
            assertThat(runs.get(0)).isEqualTo(2000);
            assertThat(runs.get(1)).isEqualTo(2000);
            assertThat(runs.get(2)).isEqualTo(2000);
        }
    }

    @Test
    void rangesCoverEveryItemOnceAndBeginAtMultiplesOfTheGrain() {
        try (Workers workers = new Workers(3)) {
            for (int items : new int[] {0, 1, 7, 8, 9, 100}) {
                AtomicIntegerArray seen = new AtomicIntegerArray(items + 1);
                workers.forEachRange(items, 8, (worker, from, to) -> {
                    assertThat(from % 8).isZero();
                    for (int item = from; item < to; item++) {
                        seen.incrementAndGet(item);
                    }
                });
                for (int item = 0; item < items; item++) {
                    assertThat(seen.get(item)).as("item %d of %d", item, items).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void whatAWorkerThrowsReachesTheCallerAndTheNextTaskRuns() {
        try (Workers workers = new Workers(2)) {
            for (int thrower = 0; thrower < 2; thrower++) {
                int failing = thrower;
                assertThatThrownBy(() -> workers.run(worker -> {
                            if (worker == failing) {
                                throw new IllegalArgumentException("part " + worker);
                            }
                        }))
                        .hasMessage("part " + thrower);
            }
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            workers.run(runs::incrementAndGet);
            assertThat(runs.get(1)).isEqualTo(1);
        }
    }

    @Test
    void aTaskWithinATaskIsRefused() {
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.run(worker -> workers.run(inner -> {})))
                    .hasMessage("a task within a task");
        }
    }
}
