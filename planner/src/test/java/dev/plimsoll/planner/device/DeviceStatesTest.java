package dev.plimsoll.planner.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.training.MicroBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceStatesTest {
    private static final long LLAMA = 8_030_261_248L;

    private static TrainingExecution in(Precision precision) {
        return TrainingExecution.of(precision, new AttentionKernel.Tiled(64, 64));
    }

    private static DeviceStates llama(Precision precision, Parallelism parallelism) {
        return DeviceStates.of(
                Runs.of(Models.llama31With8B(), in(precision), parallelism, 0, new MicroBatch(1, 64), 1)
                        .program(),
                Runs.ADAM);
    }

    /// Rajbhandari et al. 2020 (ZeRO), figure 1: gigabytes for 7.5 billion parameters on 64 devices, `K = 12`.
    @ParameterizedTest
    @CsvSource({"NONE, 120", "OPTIMIZER, 31.4", "GRADIENTS, 16.6", "WEIGHTS, 1.9"})
    void statesAreDealtOutAsPublished(Sharding sharding, double gigabytes) {
        DeviceStates states = llama(Precision.MIXED_16, Runs.replicas(64, 64, sharding));
        assertThat(states.total().count() / (double) LLAMA * 7.5).isCloseTo(gigabytes, within(0.05));
    }

    /// NVIDIA/Megatron-LM, distributed optimizer: `6 + 12/d` bytes a parameter.
    @Test
    void megatronsDistributedOptimizerTakesSixAndTwelveOverD() {
        assertThat(llama(Precision.MIXED_18, Runs.replicas(8, 8, Sharding.OPTIMIZER))
                        .total()
                        .count())
                .isEqualTo(6 * LLAMA + 12 * LLAMA / 8);
    }

    /// Two groups of four replicas each deal out among themselves.
    @Test
    void hybridShardingDealsOutWithinGroups() {
        assertThat(llama(Precision.MIXED_16, Runs.replicas(8, 4, Sharding.WEIGHTS))
                        .total()
                        .count())
                .isEqualTo(16 * LLAMA / 4);
    }

    /// A layer's matrices are divided by 4, its two norms of 4,096 not; nor is the last one.
    @Test
    void tensorParallelismDividesMatricesNotNorms() {
        long norms = (2 * 32 + 1) * 4096;
        assertThat(llama(Precision.FULL, Runs.tensor(4, SequenceSplit.SPLIT)).parameters())
                .isEqualTo((LLAMA - norms) / 4 + norms);
    }

    /// Among 3 devices each of a norm's 256 gains gets `ceil(256/3) = 86` places, two of them padding.
    @Test
    void sharesAreEquallyLongWithPaddingAtTheEnd() {
        DeviceStates states = DeviceStates.of(
                Runs.of(
                                Models.gpt(2, 256, 8, 1024, 64),
                                in(Precision.MIXED_16),
                                Runs.replicas(3, 3, Sharding.WEIGHTS),
                                2,
                                new MicroBatch(1, 64),
                                1)
                        .program(),
                Runs.ADAM);
        assertThat(states.tensors())
                .filteredOn(tensor -> tensor.tensor().equals("text.1/attention.normalization.weight"))
                .containsExactly(new DeviceStates.Held("text.1/attention.normalization.weight", 256, 86, 86, 86));
    }

    /// Mixtral's experts over 4 of 8 replicas: each device holds two of eight, dealt out further among two.
    @Test
    void expertsAreDealtOutAmongThoseThatHoldTheSame() {
        Parallelism none = Parallelism.NONE;
        Parallelism experts = new Parallelism(
                new TensorParallel(1, SequenceSplit.WHOLE),
                none.context(),
                new Parallelism.ExpertParallel(4, 1),
                none.pipeline(),
                new DataParallel(8, 8, Sharding.OPTIMIZER));
        DeviceStates states = DeviceStates.of(
                Runs.of(Models.mixtral8x7B(), in(Precision.MIXED_16), experts, 0, new MicroBatch(1, 64), 1)
                        .program(),
                Runs.ADAM);
        long expert = 32L * 8 * 3 * 4096 * 14336;
        long dense = 46_702_792_704L - expert;
        assertThat(states.parameters()).isEqualTo(dense + expert / 4);
        assertThat(states.total().count()).isEqualTo(4 * (dense + expert / 4) + 12 * (dense / 8 + expert / 4 / 2));
    }
}
