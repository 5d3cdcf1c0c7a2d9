package dev.plimsoll.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.failure.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Optimizers by hand: a weight of 2 and a gradient of 0.5, then of -1.
class UpdateTest {
    private final float[] weight = {2};
    private final float[][] states = new float[2][1];

    @Test
    void gradientDescentGoesAgainstTheGradient() {
        step(new Optimizer.GradientDescent(0.1), 1, 0.5f);
        assertThat(weight[0]).isEqualTo(2 - 0.1f * 0.5f);
    }

    @Test
    void momentumRemembersGradients() {
        Optimizer momentum = new Optimizer.Momentum(0.1, 0.9);
        step(momentum, 1, 0.5f);
        step(momentum, 2, -1);
        double velocity = 0.9 * 0.5 - 1;
        assertThat(weight[0]).isCloseTo((float) (2 - 0.1 * 0.5 - 0.1 * velocity), within(1e-6f));
    }

    /// The first step is as long as the rate, whatever the gradient.
    @Test
    void adamDividesByTheRootOfTheMeanSquare() {
        Optimizer adam = new Optimizer.Adam(0.1);
        step(adam, 1, 0.5f);
        assertThat(weight[0]).isCloseTo(1.9f, within(1e-6f));
        step(adam, 2, -1);
        double mean = (0.9 * 0.1 * 0.5 - 0.1) / (1 - 0.9 * 0.9);
        double square = (0.999 * 0.001 * 0.25 + 0.001) / (1 - 0.999 * 0.999);
        assertThat(weight[0]).isCloseTo((float) (1.9 - 0.1 * mean / (Math.sqrt(square) + 1e-8)), within(1e-6f));
    }

    /// Betas are taken from one before they are rounded.
    @Test
    void adamsFirstStepIsAsLongAsTheRateButForRounding() {
        weight[0] = 0;
        step(new Optimizer.Adam(1), 1, 0.5f);
        assertThat(weight[0]).isCloseTo(-1, within(5e-7f));
    }

    @Test
    void decoupledDecayShrinksTheWeightBesideTheStep() {
        step(new Optimizer.AdamW(0.1, 0.2), 1, 0.5f);
        assertThat(weight[0]).isCloseTo(2 * (1 - 0.1f * 0.2f) - 0.1f, within(1e-6f));
    }

    @Test
    void whatIsOnlyPlannedWithIsRefusedByName() {
        for (Optimizer planned : List.of(
                new Optimizer.BlockwiseAdam(0.1),
                new Optimizer.Adafactor(0.1, Optimizer.Adafactor.FirstMoment.ABSENT),
                new Optimizer.Muon(0.1))) {
            assertThat(planned.isElementwise()).isFalse();
            assertThatThrownBy(() -> Update.of(planned, 1))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(planned.name());
        }
    }

    private void step(Optimizer optimizer, long number, float gradient) {
        Update.of(optimizer, number).apply(weight, new float[] {gradient}, states, 1);
    }
}
