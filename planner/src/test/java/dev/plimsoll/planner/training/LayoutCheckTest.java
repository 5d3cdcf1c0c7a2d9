package dev.plimsoll.planner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.framework.Frameworks;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutCheckTest {
    @Test
    void whatFitsHasNoViolation() {
        assertThat(Layout.check(job(Models.llama31With8B(), 8, 4, 1, 2, List.of()), 64))
                .isEmpty();
    }

    @Test
    void allViolationsComeAtOnceEachWithWhatWouldWork() {
        // 3 devices for 32 heads; 5 stages for 32 layers; 7 x 2 sequences for a batch of 64; 105 devices, not 128.
        List<Violation> found = Layout.check(job(Models.llama31With8B(), 3, 5, 1, 7, List.of()), 128);
        assertThat(found)
                .extracting(Violation::option)
                .contains("dp", "tp", "pp", "global-batch-size", "micro-batch-size");
        assertThat(found)
                .filteredOn(violation -> violation.option().equals("pp"))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.cause()).isEqualTo("pp 5 does not divide 32 layers");
                    assertThat(violation.works()).containsExactly(1L, 2L, 4L, 8L, 16L, 32L);
                });
        assertThat(found)
                .filteredOn(violation -> violation.cause().contains("query heads"))
                .singleElement()
                .satisfies(violation -> assertThat(violation.works()).containsExactly(1L, 2L, 4L, 8L, 16L, 32L));
    }

    @Test
    void theMissingDegreeIsNamedWhereOneWorks() {
        List<Violation> found = Layout.check(job(Models.llama31With8B(), 8, 4, 1, 1, List.of()), 128);
        assertThat(found).singleElement().satisfies(violation -> {
            assertThat(violation.cause()).isEqualTo("tp 8 x cp 1 x pp 4 x dp 1 is 32 devices, expected 128");
            assertThat(violation.works()).containsExactly(4L);
        });
    }

    @Test
    void aDegreeThatNoReplicasMakeUpForIsOfferedOthers() {
        assertThat(Layout.check(job(Models.llama31With8B(), 8, 3, 1, 1, List.of()), 128))
                .filteredOn(violation -> violation.option().equals("pp")
                        && violation.cause().equals("pp 3 times 8 others does not divide 128 devices"))
                .singleElement()
                .satisfies(violation -> assertThat(violation.works()).containsExactly(1L, 2L, 4L, 8L, 16L));
    }

    @Test
    void keyValueHeadsMayBeRepeatedButNotCutUnevenly() {
        assertThat(Layout.check(job(Models.llama31With8B(), 16, 1, 1, 1, List.of()), 16))
                .isEmpty();
        Transformer six = Models.llama(4, 768, 12, 6, 64, 2048, 1000);
        assertThat(Layout.check(job(six, 4, 1, 1, 1, List.of()), 4))
                .extracting(Violation::cause)
                .containsExactly("tp 4 neither divides 6 key/value heads nor is a multiple");
    }

    @Test
    void aListOfLayersMustCoverTheModel() {
        assertThat(Layout.check(job(Models.llama31With8B(), 1, 4, 1, 1, List.of(8, 8, 8)), 4))
                .extracting(Violation::cause)
                .containsExactly(
                        "the list has 3 numbers, expected one for each of 4 pieces of the pipeline",
                        "the list sums to 24 layers, expected 32");
    }

    @Test
    void aModelWithoutExpertsDealsOutNone() {
        Parallelism split = split(1, 1, 1, 8, List.of());
        TrainingJob job = job(Models.llama31With8B(), split, Frameworks.MEGATRON_TE)
                .withParallelism(new Parallelism(
                        split.tensor(), split.context(), new ExpertParallel(4, 1), split.pipeline(), split.data()));
        assertThat(Layout.check(job, 8))
                .extracting(Violation::cause)
                .containsExactly("ep 4 deals out experts, and the model has none");
    }

    @Test
    void aLayoutThatIsAskedForAllTheSameIsRefusedWithEveryCause() {
        assertThatThrownBy(() -> Layout.of(job(Models.llama31With8B(), 3, 5, 1, 1, List.of())))
                .isInstanceOfSatisfying(InputException.class, refusal -> {
                    assertThat(refusal.getMessage()).contains("tp 3", "pp 5 does not divide 32 layers");
                    assertThat(refusal.remedy()).contains("--pp 1, 2, 4, 8, 16, 32");
                });
    }

    @Test
    void unevenStagesFollowTheListAndInterleavedChunksGoRound() {
        Layout uneven = Layout.of(job(Models.llama31With8B(), 1, 4, 1, 1, List.of(6, 9, 9, 8)));
        assertThat(uneven.stages())
                .extracting(stage -> stage.chunks().getFirst().count())
                .containsExactly(6L, 9L, 9L, 8L);
        assertThat(uneven.stages()
                        .get(1)
                        .chunks()
                        .getFirst()
                        .layers()
                        .getFirst()
                        .first())
                .isEqualTo(6);
        Layout rounds = Layout.of(job(Models.llama31With8B(), 1, 4, 2, 1, List.of()));
        assertThat(rounds.stages().get(1).chunks())
                .extracting(Layout.Chunk::number)
                .containsExactly(1, 5);
        assertThat(rounds.stages().getFirst().chunks().getFirst().before()).isNotEmpty();
        assertThat(rounds.stages().getLast().chunks().getLast().behind()).hasSize(2);
    }

    /// 32 layers, an embedding and a head are 34 places on 4 stages: 9, 9, 8, 8, of which the edges take one each.
    @Test
    void torchtitanCountsItsEdgesAsLayers() {
        TrainingJob job = job(Models.llama31With8B(), split(1, 4, 1, 1, List.of()), Frameworks.FSDP);
        assertThat(Layout.of(job).stages())
                .extracting(stage -> stage.chunks().getFirst().count())
                .containsExactly(8L, 9L, 8L, 7L);
    }

    private static TrainingJob job(
            Transformer model, int tensor, int stages, int chunks, int replicas, List<Integer> layers) {
        return job(model, split(tensor, stages, chunks, replicas, layers), Frameworks.MEGATRON_TE);
    }

    private static TrainingJob job(Transformer model, Parallelism split, FrameworkProfile framework) {
        return new TrainingJob(model, split, new TrainingBatch(64, 2, 4096), TrainingMethod.of(framework));
    }

    private static Parallelism split(int tensor, int stages, int chunks, int replicas, List<Integer> layers) {
        return new Parallelism(
                new TensorParallel(tensor, SequenceSplit.WHOLE),
                new ContextParallel(1, ContextExchange.RING),
                new ExpertParallel(1, 1),
                new PipelineParallel(stages, chunks, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, layers),
                new DataParallel(replicas, replicas, Sharding.NONE));
    }
}
