package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.TrainedLayer.Place;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The GPT block with dropout and scores written out, as Korthikanti et al. 2022 count it. Beside their terms there are
/// the statistics of two normalisations, 16 bytes a token.
class ClassicMemoryTest {
    private static final TrainingMethod CLASSIC =
            TrainingMethod.of(Frameworks.MEGATRON).withDropout(new DropoutRates(0.1, 0.1, 0.1));

    /// The table of equations 1, 2, 4 and 6, per layer. `a`, `s` and `h` of the paper's 22B model; batch of 4.
    @ParameterizedTest
    @CsvSource({"1", "2", "4", "8"})
    void aLayerSavesThePapersEquations(int t) {
        long a = 64;
        long h = 6144;
        long s = 2048;
        long b = 4;
        long unit = s * b * h;
        long pairs = 5 * a * s * s * b;
        long statistics = 16 * s * b;
        assertThat(saved(h, a, t, SequenceSplit.WHOLE, b, s))
                .isEqualTo(10 * unit + 24 * unit / t + pairs / t + statistics);
        assertThat(saved(h, a, t, SequenceSplit.SPLIT, b, s)).isEqualTo((34 * unit + pairs + statistics) / t);
        assertThat(saved(h, a, t, SequenceSplit.WHOLE, b, s, Piece.CORE_ATTENTION))
                .isEqualTo(10 * unit + 24 * unit / t + statistics);
        assertThat(saved(h, a, t, SequenceSplit.SPLIT, b, s, Piece.CORE_ATTENTION))
                .isEqualTo((34 * unit + statistics) / t);
        assertThat(saved(h, a, t, SequenceSplit.WHOLE, b, s, Piece.LAYER)).isEqualTo(2 * unit);
    }

    /// Figure 7 and the text beside it: with tensor parallelism 8 as the baseline, each of the two techniques cuts memory
    /// nearly in half, both together to about a fifth, full recomputation to about a tenth.
    @ParameterizedTest
    @CsvSource({"6144,64,4", "12288,96,1", "20480,128,1", "25600,160,1"})
    void savingsAreThoseOfFigureSeven(long h, long a, long b) {
        double base = saved(h, a, 8, SequenceSplit.WHOLE, b, 2048);
        assertThat(saved(h, a, 8, SequenceSplit.SPLIT, b, 2048) / base).isBetween(0.55, 0.70);
        assertThat(saved(h, a, 8, SequenceSplit.WHOLE, b, 2048, Piece.CORE_ATTENTION) / base)
                .isBetween(0.45, 0.65);
        assertThat(saved(h, a, 8, SequenceSplit.SPLIT, b, 2048, Piece.CORE_ATTENTION) / base)
                .isBetween(0.15, 0.21);
        assertThat(saved(h, a, 8, SequenceSplit.WHOLE, b, 2048, Piece.LAYER) / base)
                .isBetween(0.07, 0.10);
    }

    /// Figure 1: on the paper's four models and layouts (table 3) the first stage's states and activations do not fit the
    /// 80 GB of an A100 with tensor parallelism alone, and do with sequence parallelism and selective recomputation.
    @ParameterizedTest
    @CsvSource({"48,6144,64,1,1,4,4", "96,12288,96,8,3,1,64", "105,20480,128,35,3,1,280", "128,25600,160,64,1,1,512"})
    void bothTechniquesTogetherFitTheDevicesOfFigureOne(
            long layers, long h, long a, int stages, int chunks, long micro, long global) {
        Jobs jobs = Jobs.of(Models.gpt(layers, h, a, 51200, 2048), Frameworks.MEGATRON)
                .method(CLASSIC)
                .tensor(8, SequenceSplit.WHOLE)
                .pipeline(stages, chunks)
                .batch(global, micro, 2048);
        assertThat(statesAndActivations(jobs)).isGreaterThan(80e9);
        Jobs both = jobs.tensor(8, SequenceSplit.SPLIT)
                .method(CLASSIC.withRecomputation(Recomputation.everywhere(Piece.CORE_ATTENTION)));
        assertThat(statesAndActivations(both)).isLessThan(80e9);
    }

    private static double statesAndActivations(Jobs jobs) {
        StageMemory first = jobs.plan().stages().getFirst();
        return first.states() + first.activations();
    }

    /// Section 4.2.3: the first stage holds `L` layers' worth whatever `p`, times `1 + (p - 1)/(p m)` where it interleaves
    /// `m` chunks; and embedding dropout masks of `sbh/t` (section 4.3), with the token numbers and positions: `p` of them,
    /// and `2p - 1` where the first of several chunks has begun its second round.
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "4,1", "8,1", "2,2", "4,3", "4,6"})
    void theFirstStageHoldsTheWholeModelsWorth(int p, int m) {
        long layers = 48;
        Transformer model = Models.gpt(layers, 768, 12, 51200, 1024);
        StageMemory first = Jobs.of(model, Frameworks.MEGATRON)
                .method(CLASSIC)
                .pipeline(p, m)
                .batch(64, 2, 1024)
                .plan()
                .stages()
                .getFirst();
        long layer = saved(768, 12, 1, SequenceSplit.WHOLE, 2, 1024);
        long worth = m == 1 ? layers : layers + layers * (p - 1) / ((long) p * m);
        long tokens = 2 * 1024;
        assertThat(first.activations())
                .isEqualTo(worth * layer + (m == 1 ? p : 2 * p - 1) * (768 * tokens + 8 * tokens));
    }

    /// Rajbhandari et al. 2020, figure 1: 7.5 billion parameters on 64 devices, in GB of 10^9.
    @ParameterizedTest
    @CsvSource({"NONE,120", "OPTIMIZER,31.4", "GRADIENTS,16.6", "WEIGHTS,1.9"})
    void statesAreThoseOfZerosFirstFigure(Sharding sharding, double gigabytes) {
        Transformer model = Models.gpt(36, 4096, 32, 51200, 1024);
        Jobs jobs = Jobs.of(model, Frameworks.MEGATRON_TE)
                .method(TrainingMethod.of(Frameworks.MEGATRON_TE).withPrecision(Precision.MIXED_16))
                .batch(64, 1, 1024)
                .data(64, Sharding.NONE);
        double parameters = jobs.plan().worstStage().states() / 16.0;
        double states = jobs.data(64, sharding).plan().worstStage().states();
        assertThat(states / parameters * 7.5).isCloseTo(gigabytes, within(0.051));
    }

    /// Narayanan et al. 2021 and NVIDIA/Megatron-LM's `theoretical_memory_usage.py`: 18 bytes a parameter, `6 + 12/z` with
    /// states shared out; Smith et al. 2022: 20 bytes.
    @Test
    void accountsAreSixteenEighteenTwentyAndSixPlusTwelveOverZ() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE).batch(64, 1, 1024);
        long parameters = 8_030_261_248L;
        assertThat(states(jobs, Precision.MIXED_16)).isEqualTo(16 * parameters);
        assertThat(states(jobs, Precision.MIXED_18)).isEqualTo(18 * parameters);
        assertThat(states(jobs, Precision.MIXED_20)).isEqualTo(20 * parameters);
        assertThat(states(jobs.data(16, Sharding.OPTIMIZER), Precision.MIXED_18))
                .isEqualTo(6 * parameters + 12 * parameters / 16);
        assertThat(states(jobs.data(4, Sharding.OPTIMIZER).context(4, ContextExchange.RING), Precision.MIXED_18))
                .as("context ranks share states too")
                .isEqualTo(6 * parameters + 12 * parameters / 16);
        assertThat(states(jobs.data(16, 4, Sharding.OPTIMIZER), Precision.MIXED_18))
                .as("four shards in each of four replicas")
                .isEqualTo(6 * parameters + 12 * parameters / 4);
    }

    private static long states(Jobs jobs, Precision precision) {
        return jobs.method(jobs.method().withPrecision(precision))
                .plan()
                .worstStage()
                .states();
    }

    private static long saved(long h, long a, int t, SequenceSplit sequence, long b, long s, Piece... pieces) {
        Block layer =
                Models.gpt(1, h, a, 51200, s).parts().getFirst().runs().get(1).block();
        LayerSplit split = new LayerSplit(t, sequence, 1, ContextExchange.RING, 1, 1);
        return TrainedLayer.of(layer, Place.LAYER, CLASSIC, Set.of(pieces), Set.of())
                .memory(split, new TrainingBatch(b, b, s))
                .saved();
    }
}
