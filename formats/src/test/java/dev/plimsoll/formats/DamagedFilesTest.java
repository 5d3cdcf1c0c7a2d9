package dev.plimsoll.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.plimsoll.formats.fixtures.FuzzTarget;
import dev.plimsoll.formats.fixtures.FuzzTargets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every parser, given damaged files: it answers, or says in one line what is wrong; never anything else, never late.
class DamagedFilesTest {
    private static final int ROUNDS = 4000;
    private static final Duration LONG = Duration.ofSeconds(Long.getLong("plimsoll.fuzz.seconds", 60));
    private static final long FIRST_SEED = Long.getLong("plimsoll.fuzz.seed", ROUNDS);

    static List<FuzzTarget> targets() {
        return FuzzTargets.all();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void validFilesAreRead(FuzzTarget target) {
        target.valid()
                .forEach(bytes ->
                        assertThatNoException().isThrownBy(() -> target.parser().accept(bytes)));
    }

    @ParameterizedTest
    @MethodSource("targets")
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void damagedFilesAreReadOrRefused(FuzzTarget target) {
        assertThatNoException().isThrownBy(() -> {
            for (long seed = 0; seed < ROUNDS; seed++) {
                target.round(seed);
            }
        });
    }

    /// For `plimsoll.fuzz.seconds` a parser, from `plimsoll.fuzz.seed`; a failure prints the seed that repeats it.
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("targets")
    void damagedFilesAreReadOrRefusedForAsLongAsAsked(FuzzTarget target) {
        long end = System.nanoTime() + LONG.toNanos();
        long rounds = 0;
        while (System.nanoTime() < end) {
            target.round(FIRST_SEED + rounds++);
        }
        System.out.println("measured: " + target + ": " + rounds + " rounds from seed " + FIRST_SEED);
        assertThat(rounds).isPositive();
    }
}
