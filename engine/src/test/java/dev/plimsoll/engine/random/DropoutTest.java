package dev.plimsoll.engine.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DropoutTest {
    @Test
    void drawsTheNumbersThatItsPaperPublishes() {
        // The first outputs of SplitMix64 started at 1234567, as its reference implementation prints them.
        CounterBased random = new CounterBased(1_234_567);
        assertThat(random.bits(0)).isEqualTo(6_457_827_717_110_365_317L);
        assertThat(random.bits(1)).isEqualTo(3_203_168_211_198_807_973L);
        assertThat(random.bits(2)).isEqualTo(Long.parseUnsignedLong("9817491932198370423"));
    }

    @Test
    void keepsTheShareItSaysAndTheSumOnAverage() {
        Dropout dropout = new Dropout(0.25, new CounterBased(3));
        double kept = 0;
        double sum = 0;
        int elements = 100_000;
        for (int i = 0; i < elements; i++) {
            kept += dropout.keeps(i) ? 1 : 0;
            sum += dropout.factor(i);
        }
        // Five deviations of a mean of 100,000 draws: 5 sqrt(0.25 · 0.75 / 100,000) = 0.007.
        assertThat(kept / elements).isCloseTo(0.75, within(0.007));
        assertThat(sum / elements).isCloseTo(1, within(0.01));
    }

    @Test
    void isDrawnAgainInAnyOrder() {
        Dropout first = new Dropout(0.5, new CounterBased(11).at(4));
        Dropout again = new Dropout(0.5, new CounterBased(11).at(4));
        for (int i = 99; i >= 0; i--) {
            assertThat(again.keeps(i)).isEqualTo(first.keeps(i));
        }
        assertThat(new CounterBased(11).at(5).bits(0))
                .isNotEqualTo(new CounterBased(11).at(4).bits(0));
    }

    @Test
    void withoutARateNothingIsDropped() {
        assertThat(Dropout.NONE.drops()).isFalse();
        assertThat(Dropout.NONE.factor(17)).isEqualTo(1);
    }

    @Test
    void aRateIsBelowOne() {
        assertThatThrownBy(() -> new Dropout(1, new CounterBased(0))).hasMessageContaining("1.0");
        assertThatThrownBy(() -> new Dropout(Double.NaN, new CounterBased(0))).hasMessageContaining("NaN");
    }
}
