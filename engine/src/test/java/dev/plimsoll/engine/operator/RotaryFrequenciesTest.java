package dev.plimsoll.engine.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Angles of a head of 8, whose base of 10,000 gives pairs of 1, 1/10, 1/100 and 1/1000.
class RotaryFrequenciesTest {
    private static final Offset<Double> ROUNDING = within(1e-12);

    @Test
    void eachPairTurnsSlowerThanTheOneBefore() {
        assertThat(angles(new RotaryScaling.None(), 1)).containsExactly(new double[] {1, 0.1, 0.01, 0.001}, ROUNDING);
    }

    @Test
    void linearScalingDividesEveryAngle() {
        assertThat(angles(new RotaryScaling.Linear(4), 1))
                .containsExactly(new double[] {0.25, 0.025, 0.0025, 0.00025}, ROUNDING);
    }

    /// Twice the trained context: base · (4 · 2 - 3)^(8/6).
    @Test
    void dynamicScalingGrowsTheBasePastTheTrainedContext() {
        RotaryScaling.Dynamic dynamic = new RotaryScaling.Dynamic(4, 100);
        assertThat(angles(dynamic, 100)).containsExactly(new double[] {1, 0.1, 0.01, 0.001}, ROUNDING);
        double base = 10_000 * Math.pow(5, 8.0 / 6);
        assertThat(angles(dynamic, 200))
                .containsExactly(
                        new double[] {1, Math.pow(base, -0.25), Math.pow(base, -0.5), Math.pow(base, -0.75)}, ROUNDING);
    }

    /// Trained on 628 ≈ 200 π positions, pairs turn 100, 10, 1 and 0.1 times: those above 4 stay, that below 1 is divided
    /// by 8. The turn of 1 is at its end of the smooth part, and so is divided too.
    @Test
    void llama3DividesSlowPairsOnly() {
        double[] angles = angles(new RotaryScaling.Llama3(8, 1, 4, 628), 1);
        assertThat(angles[0]).isEqualTo(1);
        assertThat(angles[1]).isCloseTo(0.1, ROUNDING);
        assertThat(angles[2]).isCloseTo(0.01 / 8, within(1e-5));
        assertThat(angles[3]).isCloseTo(0.001 / 8, ROUNDING);
    }

    /// Half-way, at 2.5 turns of 628 positions, an angle is the mean of the whole and the divided one.
    @Test
    void llama3MixesInBetween() {
        double positions = 2.5 * 2 * Math.PI / 0.01;
        double[] angles = angles(new RotaryScaling.Llama3(8, 1, 4, Math.round(positions)), 1);
        assertThat(angles[2]).isCloseTo((0.01 + 0.01 / 8) / 2, within(1e-6));
    }

    /// Pair `p` turns `trained / 2π · 10^-p` times, so with 2π · 10,000 / 2π: 32 turns at pair 4 - log10(32) = 2.49, and
    /// 1 turn at pair 4. Whole pairs: from 2 to 4, half-way at 3.
    @Test
    void yarnDividesFromOnePairToAnother() {
        RotaryScaling.Yarn yarn = new RotaryScaling.Yarn(4, (long) (2 * Math.PI * 10_000));
        double[] angles = angles(yarn, 1);
        assertThat(angles).hasSize(4);
        assertThat(angles[1]).isCloseTo(0.1, ROUNDING);
        assertThat(angles[2]).isCloseTo(0.01, ROUNDING);
        assertThat(angles[3]).isCloseTo(0.001 * (1 + 0.25) / 2, within(1e-9));
        assertThat(RotaryFrequencies.of(rotary(yarn), 1).factor()).isCloseTo(0.1 * Math.log(4) + 1, ROUNDING);
    }

    /// Between pairs: at 3 the ramp from 2.49 to 4 is at (3 - 2.49) / 1.51 = 0.34.
    @Test
    void yarnCanBeginBetweenPairs() {
        RotaryScaling.Yarn yarn =
                new RotaryScaling.Yarn(4, (long) (2 * Math.PI * 10_000), 32, 1, 1, RotaryScaling.RampEnds.EXACT);
        double low = 4 - Math.log10(32);
        double share = (3 - low) / (4 - low);
        assertThat(angles(yarn, 1)[3]).isCloseTo(0.001 * (1 - share * 0.75), within(1e-8));
    }

    @Test
    void proportionalScalingTurnsTheFastestPairsOnly() {
        assertThat(angles(new RotaryScaling.Proportional(2, 3), 1))
                .containsExactly(new double[] {0.5, 0.05, 0.005, 0}, ROUNDING);
    }

    @Test
    void longRopeIsNotExecutedYet() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> angles(new RotaryScaling.LongRope(4096), 1))
                .withMessageContaining("not executed yet");
    }

    private static double[] angles(RotaryScaling scaling, int context) {
        return RotaryFrequencies.of(rotary(scaling), context).angles();
    }

    private static Rotary rotary(RotaryScaling scaling) {
        return new Rotary(8, 10_000, Rotary.Pairing.HALVES, Rotary.End.FIRST, scaling);
    }
}
