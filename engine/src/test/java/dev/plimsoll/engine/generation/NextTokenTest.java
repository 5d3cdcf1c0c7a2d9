package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.generation.NextToken.Greedy;
import dev.plimsoll.engine.generation.NextToken.Sampled;
import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;

class NextTokenTest {
    /// Probabilities 1/10, 4/10, 2/10, 3/10.
    private static final float[] LOGITS = {log(1), log(4), log(2), log(3)};

    @Test
    void greedyTakesTheMostProbableAndOfEqualOnesTheFirst() {
        assertThat(new Greedy().choose(LOGITS, 0.99)).isEqualTo(1);
        assertThat(new Greedy().choose(new float[] {0, 2, 2}, 0)).isEqualTo(1);
    }

    @Test
    void tokensAreDrawnAsOftenAsTheirProbabilitySays() {
        Sampled sampled = Sampled.of(1, 42);
        int[] drawn = new int[4];
        int draws = 20_000;
        for (int step = 0; step < draws; step++) {
            drawn[sampled.choose(LOGITS, sampled.draw(0, step))]++;
        }
        // Five deviations of the most scattered share: 5 sqrt(0.4 · 0.6 / 20,000) = 0.017.
        assertThat(drawn[0] / (double) draws).isCloseTo(0.1, within(0.017));
        assertThat(drawn[1] / (double) draws).isCloseTo(0.4, within(0.017));
        assertThat(drawn[2] / (double) draws).isCloseTo(0.2, within(0.017));
        assertThat(drawn[3] / (double) draws).isCloseTo(0.3, within(0.017));
    }

    @Test
    void drawsFallIntoIntervalsByRank() {
        Sampled sampled = Sampled.of(1, 0);
        // In order of rank: token 1 to 0.4, token 3 to 0.7, token 2 to 0.9, token 0 to 1.
        assertThat(sampled.choose(LOGITS, 0.39)).isEqualTo(1);
        assertThat(sampled.choose(LOGITS, 0.41)).isEqualTo(3);
        assertThat(sampled.choose(LOGITS, 0.71)).isEqualTo(2);
        assertThat(sampled.choose(LOGITS, 0.91)).isEqualTo(0);
    }

    @Test
    void topKLeavesTheMostProbable() {
        Sampled two = Sampled.of(1, 0).withTopK(2);
        // Probabilities 4/7 and 3/7.
        assertThat(two.choose(LOGITS, 0.57)).isEqualTo(1);
        assertThat(two.choose(LOGITS, 0.58)).isEqualTo(3);
        assertThat(two.choose(LOGITS, 0.999)).isEqualTo(3);
        assertThat(Sampled.of(1, 0).withTopK(99).choose(LOGITS, 0.999)).isZero();
    }

    @Test
    void topPLeavesTheFewestThatHaveThatProbability() {
        Sampled most = Sampled.of(1, 0).withTopP(0.65);
        assertThat(most.choose(LOGITS, 0.999)).isEqualTo(3);
        assertThat(Sampled.of(1, 0).withTopP(0.75).choose(LOGITS, 0.999)).isEqualTo(2);
        assertThat(Sampled.of(1, 0).withTopP(0.01).choose(LOGITS, 0.999)).isEqualTo(1);
    }

    @Test
    void aLowTemperatureIsGreedyAndAHighOneEven() {
        assertThat(Sampled.of(1e-3, 0).choose(LOGITS, 0.999)).isEqualTo(1);
        assertThat(Sampled.of(1e6, 0).choose(LOGITS, 0.76)).isZero();
    }

    @Test
    void theSeedTheSequenceAndTheStepDecide() {
        Sampled sampled = Sampled.of(1, 9);
        assertThat(sampled.draw(1, 2)).isEqualTo(Sampled.of(2, 9).draw(1, 2));
        assertThat(sampled.draw(1, 2))
                .isNotEqualTo(sampled.draw(2, 1))
                .isNotEqualTo(Sampled.of(1, 8).draw(1, 2));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> Sampled.of(0, 0))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("temperature: found 0.0, expected more than 0");
        assertThatThrownBy(() -> Sampled.of(1, 0).withTopK(0)).hasMessageContaining("top-k: found 0");
        assertThatThrownBy(() -> Sampled.of(1, 0).withTopP(1.5)).hasMessageContaining("top-p: found 1.5");
        assertThatThrownBy(() -> new Greedy().choose(new float[] {1, Float.NaN}, 0))
                .hasMessageContaining("found NaN");
    }

    private static float log(double weight) {
        return (float) Math.log(weight);
    }
}
