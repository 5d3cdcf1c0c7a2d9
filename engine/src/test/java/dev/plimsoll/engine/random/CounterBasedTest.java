package dev.plimsoll.engine.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterBasedTest {
    private static final int DRAWS = 100_000;

    /// The mean of n such numbers deviates by 1/sqrt(n), that of their squares by less than sqrt(2/n), as normal ones'.
    @Test
    void bellShapedNumbersHaveMeanZeroAndDeviationOne() {
        CounterBased random = new CounterBased(3);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double bell = random.bell(i);
            sum += bell;
            squares += bell * bell;
        }
        assertThat(sum / DRAWS).isCloseTo(0, within(4 / Math.sqrt(DRAWS)));
        assertThat(squares / DRAWS).isCloseTo(1, within(4 * Math.sqrt(2.0 / DRAWS)));
    }

    @Test
    void eachNameHasNumbersOfItsOwn() {
        CounterBased random = new CounterBased(3);
        Set<Long> first = new HashSet<>();
        for (String name : List.of("", "a", "b", "ab", "ba", "text.1", "text.10")) {
            first.add(random.at(name).bits(0));
        }
        assertThat(first).hasSize(7);
        assertThat(random.at("text.1").bits(9)).isEqualTo(random.at("text.1").bits(9));
    }
}
