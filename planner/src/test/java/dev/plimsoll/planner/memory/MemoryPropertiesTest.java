package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.StageMemory.Moment;
import dev.plimsoll.planner.result.Arithmetic;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.FurtherTokens;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import dev.plimsoll.planner.training.TrainingMethod.Offload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryPropertiesTest {
    static Stream<TrainingJob> jobs() {
        List<TrainingJob> jobs = new ArrayList<>();
        for (FrameworkProfile framework : Frameworks.all()) {
            for (Transformer model : models()) {
                for (Recomputation recomputation : recomputations(framework)) {
                    Jobs one = Jobs.of(model, framework)
                            .method(TrainingMethod.of(framework).withRecomputation(recomputation))
                            .batch(16, 1, 256);
                    jobs.add(one.job());
                    for (Sharding sharding : Sharding.values()) {
                        jobs.add(one.data(4, 2, sharding).job());
                    }
                    jobs.add(one.pipeline(2, 1, PipelineSchedule.ZERO_BUBBLE, List.of())
                            .tensor(2, SequenceSplit.SPLIT)
                            .job());
                }
            }
        }
        return jobs.stream();
    }

    private static List<Recomputation> recomputations(FrameworkProfile framework) {
        return List.of(
                Recomputation.NONE,
                framework.selective(),
                Recomputation.everywhere(Piece.LAYER),
                Recomputation.everywhere(Piece.NORMALIZATION, Piece.ACTIVATION, Piece.FEED_FORWARD));
    }

    private static List<Transformer> models() {
        return List.of(
                Models.gpt2(),
                Models.llama(4, 256, 8, 4, 32, 512, 1000),
                Models.mixtral8x7B(),
                Models.withFurtherTokens(Models.llama(2, 16, 2, 2, 8, 32, 10)));
    }

    /// Every line is made of the factors it prints, and the timeline's peak is the plan's.
    @ParameterizedTest
    @MethodSource("jobs")
    void linesAddUpToThePlanAndTheTimelineReachesIt(TrainingJob job) {
        MemoryPlan plan = MemoryPlan.of(job);
        for (int stage = 0; stage < plan.stages().size(); stage++) {
            StageMemory memory = plan.stages().get(stage);
            assertThat(StageBreakdown.of(job, stage).total().longValueExact()).isEqualTo(memory.allocated());
            boolean saves = memory.moment() == Moment.LOSS || memory.moment() == Moment.BACKWARD;
            if (saves && job.parallelism().pipeline().schedule() != PipelineSchedule.ZERO_BUBBLE) {
                assertThat(StageTimeline.of(job, stage).peak().held()).isEqualTo(memory.allocated());
            }
        }
    }

    /// The line a reader redoes: plain arithmetic whose value is the figure.
    @Test
    void everyPrintedLineComesOut() {
        TrainingJob job = Jobs.of(Models.mixtral8x7B(), Frameworks.MEGATRON_TE)
                .tensor(2, SequenceSplit.SPLIT)
                .experts(4, 1)
                .data(4, Sharding.OPTIMIZER)
                .batch(4, 1, 4096)
                .job();
        List<Explanation> lines = StageBreakdown.explanations(job, 0);
        assertThat(lines).extracting(Explanation::topic).contains("memory", "activations", "reserved", "context");
        for (Explanation line : lines) {
            assertThat(Arithmetic.evaluate(line.substituted())).as(line.topic()).isEqualByComparingTo(line.value());
        }
    }

    @Test
    void withoutSplittingEveryParameterIsHeldOnce() {
        for (Transformer model :
                List.of(Models.gpt2(), Models.llama31With8B(), Models.mixtral8x7B(), Models.deepSeekV3())) {
            StageMemory found = Jobs.of(model, Frameworks.NANOTRON).plan().worstStage();
            assertThat(found.weights()).isEqualTo(2 * ParameterCount.of(model).total());
        }
    }

    /// The first and the last stage both hold the table.
    @Test
    void aTiedTableIsHeldTwiceWhereTheStagesDiffer() {
        Jobs one = Jobs.of(Models.gpt2(), Frameworks.NANOTRON).batch(4, 1, 256);
        Jobs two = one.pipeline(2, 1);
        long held = two.plan().stages().stream().mapToLong(StageMemory::weights).sum();
        assertThat(held).isEqualTo(one.plan().worstStage().weights() + 2 * 50257 * 768);
    }

    @Test
    void twiceTheMicroBatchSavesTwiceAsMuch() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE);
        assertThat(jobs.batch(2, 2, 4096).plan().worstStage().activations())
                .isEqualTo(2 * jobs.batch(1, 1, 4096).plan().worstStage().activations());
    }

    /// Of every other layer only the input is kept.
    @Test
    void layersThatAreRunAgainAreChosenOneByOne() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE).batch(1, 1, 4096);
        long none = recomputing(jobs, Recomputation.NONE);
        long all = recomputing(jobs, Recomputation.everywhere(Piece.LAYER));
        Recomputation half = new Recomputation(Set.of(Piece.LAYER), new Recomputation.LayerPattern.Every(2));
        assertThat(recomputing(jobs, half)).isEqualTo((none + all) / 2);
        Recomputation first = new Recomputation(Set.of(Piece.LAYER), new Recomputation.LayerPattern.First(8));
        assertThat(recomputing(jobs, first)).isEqualTo((24 * none + 8 * all) / 32);
    }

    /// Megatron numbers them in every chunk: the first 4 of each of 2 stages; nanotron through the model.
    @Test
    void theFirstLayersAreThoseOfEachChunkOnMegatron() {
        Recomputation first = new Recomputation(Set.of(Piece.LAYER), new Recomputation.LayerPattern.First(4));
        for (FrameworkProfile framework : List.of(Frameworks.MEGATRON_TE, Frameworks.NANOTRON)) {
            Jobs jobs = Jobs.of(Models.llama31With8B(), framework).batch(1, 1, 4096);
            Jobs two = jobs.pipeline(2, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of(16, 16));
            long none = recomputing(jobs, Recomputation.NONE) / 32;
            long all = recomputing(jobs, Recomputation.everywhere(Piece.LAYER)) / 32;
            long last = two.method(two.method().withRecomputation(first))
                    .plan()
                    .stages()
                    .getLast()
                    .activations();
            boolean eachChunk = framework.equals(Frameworks.MEGATRON_TE);
            assertThat(last)
                    .isEqualTo(eachChunk ? 12 * none + 4 * all - 16 * (16384 / 32) : 16 * none - 16 * (16384 / 32));
        }
    }

    /// A feed-forward network that is run again keeps no `6f`, and on Transformer Engine not the `2h` before it.
    @Test
    void aFeedForwardNetworkIsRunAgainFromItsNormalisation() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE).batch(1, 1, 4096);
        long none = recomputing(jobs, Recomputation.NONE);
        long again = recomputing(jobs, Recomputation.everywhere(Piece.FEED_FORWARD));
        assertThat(none - again).isEqualTo(32L * 4096 * (6 * 14336 + 2 * 4096));
    }

    private static long recomputing(Jobs jobs, Recomputation recomputation) {
        return jobs.method(jobs.method().withRecomputation(recomputation))
                .plan()
                .worstStage()
                .activations();
    }

    /// The inputs of matrix products in one byte, and of weights two copies of one byte: of a Llama token's layer the two
    /// normalisations' outputs and the product give `2h + f`, the core's output has a copy of `q` more.
    @Test
    void eightBitProductsKeepNarrowInputsAndTwoMoreCopiesOfWeights() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE).batch(1, 1, 4096);
        StageMemory wide = jobs.plan().worstStage();
        StageMemory narrow = jobs.method(jobs.method().withArithmetic(MatrixArithmetic.FP8))
                .plan()
                .worstStage();
        long matrices = 32L * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336);
        assertThat(narrow.weights()).isEqualTo(wide.weights() + 2 * matrices);
        assertThat(wide.activations() - narrow.activations()).isEqualTo(32L * 4096 * (2 * 4096 + 14336 - 4096));
    }

    @Test
    void whatLiesOnTheHostIsNotOnTheDevice() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE).batch(8, 8, 8192);
        Offload all = new Offload(Offload.Place.HOST, Offload.Place.HOST, Offload.Place.HOST);
        StageMemory found = jobs.method(jobs.method().withOffload(all)).plan().worstStage();
        StageMemory before = jobs.plan().worstStage();
        assertThat(found.optimizerStates() + found.masterWeights() + found.weights())
                .isZero();
        assertThat(found.activations()).isEqualTo((before.activations() - 4 * 8 * 8192) / 16);
        assertThat(found.buffers()).isGreaterThan(before.buffers());
    }

    /// Gradients of recurrences are not described yet: the plan answers all the same, and says that it assumed.
    @Test
    void anOperatorWithoutADescribedGradientIsAssumedNotRefused() {
        for (Transformer model : List.of(Models.qwen36With27B(), Models.mamba130M(), Models.lfm2With1200M())) {
            MemoryPlan plan = Jobs.of(model, Frameworks.MEGATRON_TE).plan();
            assertThat(plan.provenance()).isEqualTo(Provenance.ASSUMED);
            assertThat(plan.worstStage().activations()).isPositive();
        }
    }

    @Test
    void layersThatPredictFurtherTokensStandOnTheLastStageWhenTheyAreTrained() {
        Transformer model = Models.withFurtherTokens(Models.llama(2, 16, 2, 2, 8, 32, 10));
        Jobs jobs = Jobs.of(model, Frameworks.NANOTRON);
        MemoryPlan without = jobs.plan();
        MemoryPlan with = jobs.method(jobs.method().withFurtherTokens(FurtherTokens.TRAINED))
                .plan();
        assertThat(with.worstStage().weights())
                .isGreaterThan(without.worstStage().weights());
        assertThat(without.notCounted()).contains("layers that predict further tokens");
        assertThat(with.notCounted()).doesNotContain("layers that predict further tokens");
    }
}
