package dev.plimsoll.planner.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SolverTest {
    private static final long SEED = 7;

    @Test
    void theLargestIsFoundWhereverItLies() {
        Random random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            long most = random.nextLong(1, 1L << 50);
            long limit = random.nextLong(0, most + 1);
            assertThat(Solver.largest(0, most, count -> count <= limit))
                    .as("seed %d: %d of %d", SEED, limit, most)
                    .isEqualTo(limit);
        }
    }

    @Test
    void theEndsAreAnsweredToo() {
        assertThat(Solver.largest(0, 10, count -> true)).isEqualTo(10);
        assertThat(Solver.largest(0, 10, count -> false)).isZero();
        assertThat(Solver.largest(-1, 32, count -> count <= 0)).isZero();
        assertThat(Solver.largest(0, 1, count -> count <= 1)).isEqualTo(1);
    }
}
