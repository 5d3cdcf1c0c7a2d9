package dev.plimsoll.planner.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.training.MicroBatch;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTrafficTest {
    private static final long S = 128;
    private static final long B = 2;
    private static final long H = 256;
    private static final long LAYERS = 8;
    private static final long SBH = S * B * H;
    private static final MicroBatch BATCH = new MicroBatch(B, S);
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(64, 64));

    private static Transformer llama() {
        return Models.llama(LAYERS, H, 8, 4, 32, 512, 1024);
    }

    private static DeviceTraffic traffic(Parallelism parallelism, int rank, int microBatches) {
        return DeviceTraffic.of(Runs.of(llama(), TILED, parallelism, rank, BATCH, microBatches));
    }

    /// Over all members together everything travels `n - 1` times, however unequal the parts.
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, 4, 5, 15, 16, 17, 1000})
    void aRingSendsEverythingOnceLessThanItHasMembers(long elements) {
        for (int members = 1; members <= 6; members++) {
            long scattered = 0;
            long gathered = 0;
            long parts = 0;
            for (int member = 0; member < members; member++) {
                RingParts ring = new RingParts(elements, members, member);
                scattered += ring.reduceScatter();
                gathered += ring.allGather();
                parts += ring.part(member);
                assertThat(ring.allReduce()).isEqualTo(ring.reduceScatter() + ring.allGather());
            }
            assertThat(parts).isEqualTo(elements);
            assertThat(scattered).isEqualTo((members - 1) * elements);
            assertThat(gathered).isEqualTo((members - 1) * elements);
        }
    }

    /// Ten elements among four: parts of 3, 3, 3 and 1.
    @Test
    void partsAreAsLongAsTheFirstButTheLast() {
        assertThat(new RingParts(10, 4, 3).reduceScatter()).isEqualTo(9);
        assertThat(new RingParts(10, 4, 2).allGather()).isEqualTo(9);
        assertThat(new RingParts(10, 4, 1).allReduce()).isEqualTo(7 + 7);
    }

    /// A layer sums `2bsh` bytes twice each way, the embedding once forward, the head once backward; the loss three
    /// numbers a token. `2(t - 1)/t` of each leave the device. Source: Shoeybi et al. 2019, section 3.
    @Test
    void tensorParallelismSumsTwiceALayerEachWay() {
        DeviceTraffic traffic = traffic(Runs.tensor(4, SequenceSplit.WHOLE), 1, 1);
        long sums = (4 * LAYERS + 2) * 2 * SBH + 3 * 4 * S * B;
        assertThat(traffic.wire(DeviceGroup.TENSOR, Exchange.ALL_REDUCE).count())
                .isEqualTo(sums * 2 * 3 / 4);
        assertThat(traffic.wire()).isEqualTo(traffic.wire(DeviceGroup.TENSOR, Exchange.ALL_REDUCE));
    }

    /// As much as the sums, and the gathers again on the way back. Source: Korthikanti et al. 2022, section 4.2.2.
    @Test
    void theSequenceSplitSendsAsMuchAndGathersAgain() {
        DeviceTraffic traffic = traffic(Runs.tensor(4, SequenceSplit.SPLIT), 1, 1);
        long sums = (4 * LAYERS + 2) * 2 * SBH;
        long again = (2 * LAYERS + 1) * 2 * SBH;
        assertThat(traffic.wire(DeviceGroup.TENSOR, Exchange.REDUCE_SCATTER).count())
                .isEqualTo(sums * 3 / 4);
        assertThat(traffic.wire(DeviceGroup.TENSOR, Exchange.ALL_GATHER).count())
                .isEqualTo((sums + again) * 3 / 4);
        // Beside the loss, the norms' gradients: two a layer and the last.
        long norms = (2 * LAYERS + 1) * 2 * H;
        assertThat(traffic.wire(DeviceGroup.TENSOR, Exchange.ALL_REDUCE).count())
                .isEqualTo((3 * 4 * S * B + norms) * 2 * 3 / 4);
    }

    /// Rajbhandari et al. 2020 (ZeRO), section 7: twice the parameters for data parallelism and for the first two levels,
    /// three times for the third.
    @Test
    void dealingOutWeightsSendsHalfAsMuchAgain() {
        long parameters = DeviceProgram.of(llama(), TILED, Parallelism.NONE, Optional.empty(), 0).parameters().stream()
                .mapToLong(part -> part.whole().elements())
                .sum();
        long once = 2 * parameters * 3 / 4;
        for (Sharding sharding : new Sharding[] {Sharding.NONE, Sharding.OPTIMIZER, Sharding.GRADIENTS}) {
            assertThat(traffic(Runs.replicas(4, 4, sharding), 0, 1).wire().count())
                    .as(sharding.name())
                    .isEqualTo(2 * once);
        }
        assertThat(traffic(Runs.replicas(4, 4, Sharding.WEIGHTS), 0, 1).wire().count())
                .isEqualTo(3 * once);
    }

    /// Gradients are scattered for every micro-batch, weights gathered twice for each.
    @Test
    void moreMicroBatchesScatterMoreOften() {
        long once = traffic(Runs.replicas(4, 4, Sharding.WEIGHTS), 0, 1).wire().count();
        assertThat(traffic(Runs.replicas(4, 4, Sharding.WEIGHTS), 0, 3).wire().count())
                .isEqualTo(3 * once);
        assertThat(traffic(Runs.replicas(4, 4, Sharding.OPTIMIZER), 0, 3).wire())
                .isEqualTo(
                        traffic(Runs.replicas(4, 4, Sharding.OPTIMIZER), 0, 1).wire());
    }

    /// Forward on all stages but the last, backward on all but the first, `2bsh` bytes for each micro-batch and chunk.
    @Test
    void stagesHandTheStreamOn() {
        Parallelism four = Runs.stages(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        assertThat(traffic(four, 0, 8).wire().count()).isEqualTo(8 * 2 * SBH);
        assertThat(traffic(four, 1, 8).wire().count()).isEqualTo(2 * 8 * 2 * SBH);
        assertThat(traffic(four, 3, 8).wire().count()).isEqualTo(8 * 2 * SBH);
        Parallelism interleaved = Runs.stages(4, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        assertThat(traffic(interleaved, 1, 8).wire().count()).isEqualTo(2 * 2 * 8 * 2 * SBH);
        assertThat(traffic(interleaved, 0, 8).wire().count()).isEqualTo((2 + 1) * 8 * 2 * SBH);
    }

    /// Keys and values of 4 heads of 32, a quarter of the tokens: 3 hops forward, 3 backward, and 4 of their gradients in
    /// f32; and the parameters' gradients.
    @Test
    void aRingPassesKeysAndValuesRound() {
        DeviceTraffic traffic = traffic(Runs.context(4, ContextExchange.RING), 0, 1);
        long part = 2 * S * B / 4 * 4 * 32;
        assertThat(traffic.wire(DeviceGroup.CONTEXT, Exchange.SEND).count())
                .isEqualTo(LAYERS * ((3 + 3) * 2 * part + 4 * 4 * part));
    }

    /// Queries and output of 8 heads, keys and values of 4, each way; three quarters leave.
    @Test
    void anExchangeSendsHeadsForTokens() {
        DeviceTraffic traffic = traffic(Runs.context(4, ContextExchange.ALL_TO_ALL), 0, 1);
        long part = S * B / 4 * 32 * (8 + 8 + 4 + 4);
        assertThat(traffic.wire(DeviceGroup.CONTEXT, Exchange.ALL_TO_ALL).count())
                .isEqualTo(LAYERS * 2 * 2 * part * 3 / 4);
    }

    /// Two copies of each token, of which three quarters have their expert elsewhere: sent and returned, each way, and four
    /// bytes of expert number forward.
    @Test
    void copiesOfTokensGoToExpertsAndBack() {
        Parallelism experts = Runs.experts(4, 4);
        DeviceRun run = new DeviceRun(
                DeviceProgram.of(Models.mixtral8x7B(), TILED, experts, Optional.empty(), 0),
                BATCH,
                1,
                Runs.ADAM,
                RoutedCopies.balanced(experts, BATCH, 2));
        long leaving = 2 * S * B * 3 / 4;
        assertThat(DeviceTraffic.of(run)
                        .wire(DeviceGroup.EXPERT, Exchange.ALL_TO_ALL)
                        .count())
                .isEqualTo(32 * leaving * (4 * 2 * 4096 + 4));
    }

    /// A table that first and last stage hold sums its gradient over the two; two bytes of gradient, all of it once.
    @Test
    void aTiedTableIsSummedOverTheEndsOfThePipeline() {
        Parallelism stages = Runs.stages(4, 1, PipelineSchedule.GPIPE);
        DeviceTraffic traffic =
                DeviceTraffic.of(Runs.of(Models.gpt(LAYERS, H, 8, 1024, S), TILED, stages, 3, BATCH, 2));
        assertThat(traffic.wire(DeviceGroup.PIPELINE_ENDS, Exchange.ALL_REDUCE).count())
                .isEqualTo(2 * 1024 * H);
    }
}
