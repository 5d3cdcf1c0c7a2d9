package dev.plimsoll.planner.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.BlockBackward.Upstream;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayerTimeTest {
    /// 10^15 FLOP/s of products and attention, 10^12 bytes a second, and nothing else.
    private static final Pace PACE = new Pace(
            new Pace.Products(1e15, 2e15, 0, 0, 1, 0, 0),
            new Pace.AttentionPace(1e15, 1e15, 0),
            new Pace.Streams(1e12, 1, 30),
            new Pace.Host(0, 0));

    /// A link of 10^11 bytes a second without latency.
    private static final Ring FOUR = new Ring(4, 4, 1e11, 1e11, 1e11, 0);

    @Test
    void aProductTakesItsFlopsOrItsBytesAndALittleMoreWhereBothAreNear() {
        // 2 x 4096^3 = 1.37e11 FLOPs take 137 us; 3 x 4096^2 x 2 = 1.01e8 bytes take 101 us.
        double computing = 2 * Math.pow(4096, 3) / 1e15;
        double moving = 3 * 4096.0 * 4096 * 2 / 1e12;
        assertThat(PACE.product(4096, 4096, 4096, 2))
                .isCloseTo(Math.cbrt(Math.pow(computing, 3) + Math.pow(moving, 3)), within(1e-12));
    }

    @Test
    void aCollectiveSendsAllButItsOwnPart() {
        // 4e8 bytes among four: 3e8 over each link of 1e11.
        assertThat(FOUR.gather(4e8)).isCloseTo(3e-3, within(1e-12));
        assertThat(FOUR.allReduce(4e8)).isCloseTo(6e-3, within(1e-12));
        assertThat(FOUR.allToAll(4e8)).isCloseTo(3e-3, within(1e-12));
        assertThat(FOUR.send(4e8)).isCloseTo(4e-3, within(1e-12));
        assertThat(Ring.ALONE.gather(4e8)).isZero();
    }

    @Test
    void theSlowerOfTwoLinksDecides() {
        // Two domains of four: inside 3/4 of 8e8 at 1e11; outside a quarter of them, half of that, at 1e10.
        Ring ring = new Ring(8, 4, 1e11, 1e11, 1e10, 0);
        assertThat(ring.gather(8e8)).isCloseTo(Math.max(6e-3, 8e8 / 4 / 2 / 1e10), within(1e-12));
    }

    @Test
    void workIsWhatTheStrictConventionCounts() {
        Transformer model = Models.llama31With8B();
        double counted = FlopCount.of(model, new Workload.Training(2, 1024), CountingConvention.named("strict"))
                .total()
                .count();
        double walked = 0;
        for (LayerRun run : model.parts().getFirst().runs()) {
            LayerTime time = time(run.block(), Parallelism.NONE, Rings.ALONE);
            walked += run.count() * (time.work().forward() + time.work().backward());
        }
        assertThat(walked).isCloseTo(counted, within(1e-9 * counted));
    }

    @Test
    void tensorParallelDevicesShareALayersWorkAndParameters() {
        Block layer = layer();
        LayerTime whole = time(layer, Parallelism.NONE, Rings.ALONE);
        LayerTime part = time(layer, tensor(4), rings(FOUR, Ring.ALONE));
        assertThat(part.work().forward()).isCloseTo(whole.work().forward() / 4, within(1.0));
        // The norms, 2 x 4096, are on each.
        double matrices = whole.held().dense() - 2 * 4096;
        assertThat(part.held().dense()).isCloseTo(matrices / 4 + 2 * 4096, within(1e-6));
        // Two gathers and two scatters of 2 x 1024 tokens of 4,096 elements of two bytes, three quarters over the link.
        assertThat(part.forward().tensor()).isCloseTo(4 * 0.75 * 2 * 1024 * 4096 * 2 / 1e11, within(1e-9));
        // The same on the way back, and the inputs of two pairs of products once more.
        assertThat(part.backward().tensor()).isCloseTo(6 * 0.75 * 2 * 1024 * 4096 * 2 / 1e11, within(1e-9));
    }

    @Test
    void withoutSequenceParallelismResultsAreReduced() {
        Parallelism parallelism = new Parallelism(
                new TensorParallel(4, SequenceSplit.WHOLE),
                Parallelism.NONE.context(),
                Parallelism.NONE.expert(),
                Parallelism.NONE.pipeline(),
                Parallelism.NONE.data());
        LayerTime part = time(layer(), parallelism, rings(FOUR, Ring.ALONE));
        // Two all-reduces each way, each twice as long as a gather.
        assertThat(part.forward().tensor()).isCloseTo(4 * 0.75 * 2 * 1024 * 4096 * 2 / 1e11, within(1e-9));
        assertThat(part.backward().tensor()).isCloseTo(part.forward().tensor(), within(1e-9));
    }

    @Test
    void aRingOfContextsShowsWhatAttentionDoesNotHide() {
        LayerTime part = time(layer(), context(4), rings(Ring.ALONE, new Ring(4, 4, 1e9, 1e9, 1e9, 0)));
        // Keys and values of 2 x 256 tokens: 8 heads of 128, two bytes, twice; three hops on a slow link.
        double hop = 2 * 256 * 8 * 128 * 2 * 2 / 1e9;
        assertThat(part.forward().context()).isBetween(3 * hop * 0.9, 3 * hop);
        assertThat(time(layer(), context(4), rings(Ring.ALONE, new Ring(4, 4, 1e13, 1e13, 1e13, 0)))
                        .forward()
                        .context())
                .isLessThan(1e-6);
    }

    @Test
    void anOptimizerStreamsStatesAndGradients() {
        // 10^9 parameters in bf16 with f32 gradients: 2 x 4 read, 2 x (4 + 8 + 2) read and written, 2 x 4 swept.
        assertThat(OptimizerTime.seconds(1e9, 1, Sharding.NONE, Precision.MIXED_18, new Optimizer.Adam(1e-4), 1e12))
                .isCloseTo((8 + 28 + 8) * 1e9 / 1e12, within(1e-12));
        // A quarter of the updates each where four share them; every device sweeps its own gradients.
        assertThat(OptimizerTime.seconds(
                        1e9, 4, Sharding.OPTIMIZER, Precision.MIXED_18, new Optimizer.Adam(1e-4), 1e12))
                .isCloseTo((36 / 4.0 + 8) * 1e9 / 1e12, within(1e-12));
    }

    private static Block layer() {
        return Models.llama31With8B().parts().getFirst().runs().get(1).block();
    }

    private static LayerTime time(Block block, Parallelism parallelism, Rings rings) {
        TrainingExecution execution = TrainingExecution.of(Precision.MIXED_18, new AttentionKernel.Tiled(128, 128));
        boolean first = block.operators().getFirst() instanceof Operator.Embedding;
        BlockRun run = BlockRun.of(block, execution, Set.of(), first ? Upstream.FROZEN : Upstream.TRAINED);
        Conditions conditions = new Conditions(
                PACE,
                rings,
                new Exposure(1, 0, 1, 1, 1),
                MatrixArithmetic.AS_HELD,
                2,
                Frameworks.MEGATRON_TE.activations(),
                1);
        return LayerTime.of(run, new Split(parallelism, new MicroBatch(2, 1024), 1), conditions);
    }

    private static Rings rings(Ring tensor, Ring context) {
        return new Rings(tensor, context, Ring.ALONE, Ring.ALONE, Ring.ALONE, Ring.ALONE, Ring.ALONE);
    }

    private static Parallelism tensor(int degree) {
        return new Parallelism(
                new TensorParallel(degree, SequenceSplit.SPLIT),
                Parallelism.NONE.context(),
                Parallelism.NONE.expert(),
                Parallelism.NONE.pipeline(),
                Parallelism.NONE.data());
    }

    private static Parallelism context(int degree) {
        return new Parallelism(
                Parallelism.NONE.tensor(),
                new ContextParallel(degree, ContextExchange.RING),
                Parallelism.NONE.expert(),
                Parallelism.NONE.pipeline(),
                Parallelism.NONE.data());
    }
}
