package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import org.junit.jupiter.api.Test;

class StateSpaceFamiliesTest {
    private static final String SMALL =
            "\"hidden_size\": 32, \"num_hidden_layers\": 3, \"vocab_size\": 100, \"state_size\": 5, \"conv_kernel\": 4";

    /// Inner width 64, 5 states, a time step of rank 32 / 16.
    private static final long SCAN = 2 * 64 * 32 // in
            + 64 * 4
            + 64 // convolution
            + (2 + 2 * 5) * 64 // time step, B, C
            + 64 * 2
            + 64 // time step up
            + 64 * 5
            + 64 // decay, skip
            + 32 * 64; // out

    @Test
    void mambaIsTiedAndTwiceAsWideInside() {
        assertThat(Described.of("mamba", SMALL).parameters()).isEqualTo(3 * (SCAN + 32) + 100 * 32 + 32);
    }

    @Test
    void mambasBiasesFollowTheirKeys() {
        assertThat(Described.of("mamba", SMALL + ", \"use_conv_bias\": false, \"use_bias\": true")
                        .parameters())
                .isEqualTo(3 * (SCAN - 64 + 2 * 64 + 32 + 32) + 100 * 32 + 32);
    }

    @Test
    void theRankOfTheTimeStepIsRoundedUpWhereItIsComputed() {
        String odd = SMALL.replace("32", "33");
        assertThat(Described.of("mamba", odd + ", \"time_step_rank\": \"auto\"")
                        .find("recurrence.time_step.weight")
                        .elements())
                .isEqualTo(66 * 3); // 33 / 16, rounded up
        assertThat(Described.of("mamba", odd + ", \"time_step_rank\": 7")
                        .find("recurrence.time_step.weight")
                        .elements())
                .isEqualTo(66 * 7);
    }

    /// The published Falcon Mamba 7B says `expand` 16, which does not hold.
    @Test
    void falconMambaFollowsItsIntermediateSize() {
        Described falcon = Described.of("falcon_mamba", SMALL + ", \"expand\": 16, \"intermediate_size\": 64");
        assertThat(falcon.parameters()).isEqualTo(3 * (SCAN + 32) + 100 * 32 + 32);
        assertThat(falcon.first(Operator.Normalization.class, "recurrence.b_normalization")
                        .gain())
                .isEmpty();
    }

    @Test
    void mamba2SharesItsProjectionsInGroupsAndIsNotTied() {
        long space = (2 * 64 + 2 * 2 * 5 + 8) * 32 // gate, input, B and C of 2 groups, time step of 8 heads
                + (64 + 2 * 2 * 5) * (4 + 1) // convolution
                + 3 * 8 // decay, skip, time-step bias
                + 64 // norm
                + 32 * 64; // out
        Described mamba = Described.of("mamba2", SMALL + ", \"num_heads\": 8, \"head_dim\": 8, \"n_groups\": 2");
        assertThat(mamba.parameters()).isEqualTo(3 * (space + 32) + 2 * 100 * 32 + 32);
        assertThat(mamba.first(Operator.StateSpaceScan.class, "recurrence.scan")
                        .state()
                        .fixedElements())
                .isEqualTo(8 * 8 * 5);
        assertThat(mamba.tensor("recurrence.time_step.weight"))
                .isEqualTo(mamba.tensor("recurrence.b.weight"))
                .isEqualTo("backbone.layers.{layer}.mixer.in_proj.weight");
        assertThat(mamba.tensor("recurrence.decay")).isEqualTo("backbone.layers.{layer}.mixer.A_log");
        assertThat(mamba.ggufTensor("recurrence.time_step_bias")).isEqualTo("blk.{layer}.ssm_dt.bias");
    }

    @Test
    void headsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> Described.of("mamba2", SMALL + ", \"num_heads\": 8, \"head_dim\": 9"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("head_dim is 9, expected 64 divided by the 8 heads");
        assertThatThrownBy(() -> Described.of("mamba2", SMALL + ", \"num_heads\": 8, \"head_dim\": 8, \"n_groups\": 3"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("n_groups is 3, expected a divisor of the 8 heads");
        assertThatThrownBy(() -> Described.of("mamba", SMALL.replace("\"conv_kernel\": 4", "\"conv_kernel\": 0")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("conv_kernel is 0");
    }
}
