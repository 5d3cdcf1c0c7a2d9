package dev.plimsoll.planner.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReliabilityTest {
    /// 16,384 devices that each fail every 50,000 hours: one every 3.05 hours. Grattafiori et al. 2024 (Llama 3), section
    /// 3.3.4, count 419 unexpected interruptions in 54 days, one every 3.1 hours.
    private static final Reliability LLAMA = new Reliability(50_000, 16_384, 60, 600);

    @Test
    void theMoreDevicesTheSoonerOneFails() {
        assertThat(LLAMA.meanSecondsBetweenFailures()).isCloseTo(50_000 * 3600.0 / 16_384, within(1e-6));
        assertThat(LLAMA.failures(54 * 86_400)).isCloseTo(419, within(0.02 * 419));
    }

    @Test
    void youngsIntervalIsTheRootOfTwiceTheWriteTimesTheMean() {
        Reliability reliability = new Reliability(1, 1, 8, 0);
        assertThat(reliability.youngInterval()).isEqualTo(Math.sqrt(2 * 8 * 3600));
        // Daly's correction: 240 (1 + sqrt(8 / 7200) / 3 + 8 / 64800) - 8 with 240 = sqrt(57600).
        assertThat(reliability.dalyInterval())
                .isCloseTo(240 * (1 + Math.sqrt(8 / 7200.0) / 3 + 8 / 64_800.0) - 8, within(1e-9));
    }

    @Test
    void noOtherIntervalLosesLessThanDalys() {
        double best = LLAMA.goodput(LLAMA.dalyInterval());
        for (double factor : new double[] {0.5, 0.8, 0.95, 1.05, 1.25, 2}) {
            assertThat(LLAMA.goodput(factor * LLAMA.dalyInterval())).isLessThan(best + 1e-5);
        }
        assertThat(best).isBetween(0.8, 0.95);
    }

    @Test
    void withoutFailuresOnlyCheckpointsTakeTime() {
        Reliability reliability = new Reliability(1e12, 1, 10, 600);
        assertThat(reliability.goodput(990)).isCloseTo(0.99, within(1e-6));
    }

    @Test
    void writingTakesTheCheckpointsBytes() {
        assertThat(Reliability.writeSeconds(14 * 70e9, 100e9)).isCloseTo(9.8, within(1e-9));
    }
}
