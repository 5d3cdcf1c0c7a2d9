package dev.plimsoll.model.rewrite;

import static dev.plimsoll.model.rewrite.SmallStacks.F;
import static dev.plimsoll.model.rewrite.SmallStacks.H;
import static dev.plimsoll.model.rewrite.SmallStacks.K;
import static dev.plimsoll.model.rewrite.SmallStacks.V;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeviceProgramTest {
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(4, 4));

    /// `f` before the columns, `g` behind the rows. Source: Shoeybi et al. 2019, figure 3.
    @Test
    void aLayerSumsOverTheTensorGroupTwiceEachWay() {
        assertThat(collectives(SmallStacks.classic(1), Layouts.tensor(4, SequenceSplit.WHOLE), "text.1"))
                .containsExactly(
                        "Copy attention.normalization.copied",
                        "AllReduce attention.output.sum",
                        "Copy feed_forward.normalization.copied",
                        "AllReduce feed_forward.down.sum");
    }

    /// Source: Korthikanti et al. 2022, figure 5.
    @Test
    void withTheSequenceSplitALayerGathersAndScattersInstead() {
        assertThat(collectives(SmallStacks.classic(1), Layouts.tensor(4, SequenceSplit.SPLIT), "text.1"))
                .containsExactly(
                        "AllGather attention.normalization.gathered",
                        "ReduceScatter attention.output.sum",
                        "AllGather feed_forward.normalization.gathered",
                        "ReduceScatter feed_forward.down.sum");
    }

    @Test
    void gatheredTokensAreGatheredAgainOnTheWayBack() {
        DeviceProgram program = program(SmallStacks.modern(1, K), Layouts.tensor(4, SequenceSplit.SPLIT), 0);
        assertThat(block(program, "text.1").backward().steps().stream()
                        .filter(BackwardStep.Rerun.class::isInstance)
                        .map(step -> step.operator().name()))
                .containsExactly("feed_forward.normalization.gathered", "attention.normalization.gathered");
    }

    @Test
    void anEmbeddingLooksUpItsRowsAndALossItsPartOfTheVocabulary() {
        DeviceProgram third = program(SmallStacks.modern(1, K), Layouts.tensor(4, SequenceSplit.WHOLE), 2);
        assertThat(operators(third, Operator.Embedding.class))
                .singleElement()
                .satisfies(embedding -> assertThat(embedding.firstRow()).isEqualTo(2 * V / 4));
        assertThat(operators(third, Collective.VocabularyCrossEntropy.class))
                .singleElement()
                .satisfies(loss -> assertThat(loss.firstToken()).isEqualTo(2 * V / 4));
    }

    @Test
    void headsAreExchangedForTokensBeforeTheCoreAndBackBehindIt() {
        assertThat(collectives(SmallStacks.modern(1, K), Layouts.context(4, ContextExchange.ALL_TO_ALL), "text.1"))
                .containsExactly(
                        "AllToAll attention.query_rotary.exchanged",
                        "AllToAll attention.key_rotary.exchanged",
                        "AllToAll attention.value.exchanged",
                        "AllToAll attention.core.returned");
    }

    @Test
    void copiesGoToTheirExpertsAndComeBack() {
        assertThat(collectives(SmallStacks.experts(1), Layouts.experts(4, 1, 1, 4), "text.1"))
                .containsExactly("SendToExperts experts.dispatch.received", "ReturnFromExperts experts.down.returned");
        assertThat(collectives(SmallStacks.experts(1), Layouts.experts(2, 2, 2, 2), "text.1"))
                .endsWith(
                        "SendToExperts experts.dispatch.received",
                        "AllGather experts.dispatch.gathered",
                        "AllGather router.experts.gathered",
                        "ReduceScatter experts.down.scattered",
                        "ReturnFromExperts experts.down.returned");
    }

    static Stream<Parallelism> splits() {
        return Stream.of(
                Layouts.tensor(4, SequenceSplit.SPLIT),
                Layouts.tensor(8, SequenceSplit.SPLIT),
                Layouts.context(2, ContextExchange.RING),
                Layouts.experts(4, 1, 1, 4),
                Layouts.experts(2, 2, 2, 2),
                Layouts.stages(2, PipelineSchedule.GPIPE));
    }

    /// Every entry of every parameter is on as many devices as hold the same part of it.
    @ParameterizedTest
    @MethodSource("splits")
    void thePartsOfAllDevicesMakeTheWhole(Parallelism parallelism) {
        Transformer model = SmallStacks.experts(2);
        Map<String, Double> shares = new HashMap<>();
        Map<String, Long> elements = new HashMap<>();
        for (int rank = 0; rank < parallelism.devices(); rank++) {
            for (ParameterPart part : program(model, parallelism, rank).parameters()) {
                long whole = part.whole().elements();
                long parts = part.slices().stream()
                        .mapToLong(slice -> part.whole().shape().size(slice.axis()) / slice.size())
                        .reduce(1, Math::multiplyExact);
                assertThat(part.part().elements()).as(part.tensor()).isEqualTo(whole / parts);
                elements.put(part.tensor(), whole);
                shares.merge(part.tensor() + part.slices(), 1.0, Double::sum);
            }
        }
        Map<String, Long> alone = new HashMap<>();
        program(model, Parallelism.NONE, 0)
                .parameters()
                .forEach(part -> alone.put(part.tensor(), part.whole().elements()));
        assertThat(elements).isEqualTo(alone);
        // Each distinct part of a tensor is held equally often.
        assertThat(shares.entrySet().stream()
                        .collect(Collectors.groupingBy(
                                entry -> entry.getKey().replaceFirst("\\[.*", ""),
                                Collectors.mapping(Map.Entry::getValue, Collectors.toSet()))))
                .allSatisfy((tensor, counts) -> assertThat(counts).as(tensor).hasSize(1));
    }

    /// Norms and biases behind the rows see a part of the tokens; a router too. Korthikanti et al. 2022, section 4.2.2.
    @Test
    void withTheSequenceSplitWhatIsHeldWholeIsSummedOverTheTensorGroup() {
        assertThat(sums(SmallStacks.classic(1), Layouts.tensor(2, SequenceSplit.SPLIT)))
                .containsExactlyInAnyOrder(
                        "embedding.positions.weight TENSOR",
                        "attention.normalization.weight TENSOR",
                        "attention.normalization.bias TENSOR",
                        "attention.output.bias TENSOR",
                        "feed_forward.normalization.weight TENSOR",
                        "feed_forward.normalization.bias TENSOR",
                        "feed_forward.down.bias TENSOR",
                        "normalization.weight TENSOR",
                        "normalization.bias TENSOR");
        assertThat(sums(SmallStacks.classic(1), Layouts.tensor(2, SequenceSplit.WHOLE)))
                .isEmpty();
        assertThat(sums(SmallStacks.experts(1), Layouts.experts(2, 1, 2, 1))).contains("router.weight TENSOR");
    }

    @Test
    void neighboursThatHoldTheSameKeyValueHeadSumItsGradient() {
        Parallelism four = Layouts.tensor(4, SequenceSplit.WHOLE);
        Transformer model = SmallStacks.modern(1, 2);
        assertThat(sums(model, four))
                .containsExactly(
                        "attention.key.weight KEY_VALUE_REPLICAS", "attention.value.weight KEY_VALUE_REPLICAS");
        assertThat(program(model, four, 2).members(DeviceGroup.KEY_VALUE_REPLICAS))
                .containsExactly(2, 3);
    }

    @Test
    void aTiedTableIsHeldByFirstAndLastStage() {
        Parallelism stages = Layouts.stages(4, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        assertThat(sums(SmallStacks.classic(4), stages)).containsExactly("embedding.tokens.weight PIPELINE_ENDS");
        assertThat(program(SmallStacks.classic(4), stages, 1).sums()).isEmpty();
        assertThat(program(SmallStacks.classic(4), stages, 3).members(DeviceGroup.PIPELINE_ENDS))
                .containsExactly(0, 3);
    }

    @Test
    void chunksOfLayersGoRoundTheStages() {
        PipelineParallel pipeline = new PipelineParallel(2, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of());
        Parallelism none = Parallelism.NONE;
        Parallelism interleaved = new Parallelism(none.tensor(), none.context(), none.expert(), pipeline, none.data());
        assertThat(labels(program(SmallStacks.classic(4), interleaved, 0))).containsExactly("text.0 text.1", "text.3");
        assertThat(labels(program(SmallStacks.classic(4), interleaved, 1))).containsExactly("text.2", "text.4 text.5");
    }

    /// `[f, h]` of a gate: 12 of 48 rows, from the 24th on, of all columns.
    @Test
    void aPartKnowsItsSlice() {
        DeviceProgram third = program(SmallStacks.modern(1, K), Layouts.tensor(4, SequenceSplit.WHOLE), 2);
        assertThat(third.parameters())
                .filteredOn(part -> part.tensor().equals("text.1/feed_forward.gate.weight"))
                .singleElement()
                .satisfies(part -> {
                    assertThat(part.slices()).hasToString("[Slice[axis=FEED_FORWARD, from=24, size=12]]");
                    assertThat(part.part().elements()).isEqualTo(F / 4 * H);
                    assertThat(part.replicas()).isEqualTo(DeviceGroup.DATA);
                });
    }

    @Test
    void everyDegreeThatDoesNotDivideIsNamedWithThoseThatWould() {
        assertThatThrownBy(() -> program(SmallStacks.modern(4, K), Layouts.tensor(3, SequenceSplit.WHOLE), 0))
                .isInstanceOf(InputException.class)
                .hasMessage("small: 64 vocabulary cannot be divided by tensor parallelism of 3: 1, 2, 4, 8, 16, 32, 64"
                        + " would work; 8 query heads cannot be divided by tensor parallelism of 3: 1, 2, 4, 8 would work;"
                        + " 4 key value heads cannot be divided by tensor parallelism of 3: 1, 2, 4, 8, 12, 16, 20, 24, 28,"
                        + " 32, 36, 40, 44, 48, 52, 56 would work");
        assertThatThrownBy(() -> program(
                        SmallStacks.modern(4, K), Layouts.stages(3, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD), 0))
                .hasMessage(
                        "small: 4 layers cannot stand evenly on 3 stages or chunks: 1, 2, 4 would work, or a list of"
                                + " the layers on each");
    }

    @Test
    void putOffGradientsAreThoseOfWeightsAndNothingIsLost() {
        DeviceProgram program = program(SmallStacks.modern(1, K), Parallelism.NONE, 0);
        BlockBackward whole = block(program, "text.1").backward();
        DividedBackward divided = DividedBackward.of(whole, PipelineSchedule.ZERO_BUBBLE);
        assertThat(divided.weights().stream().map(step -> step.operator().name()))
                .containsExactly(
                        "feed_forward.down",
                        "feed_forward.up",
                        "feed_forward.gate",
                        "attention.output",
                        "attention.value",
                        "attention.key",
                        "attention.query");
        assertThat(parameters(Stream.concat(divided.backward().stream(), divided.weights().stream())))
                .containsExactlyInAnyOrderElementsOf(parameters(whole.steps().stream()));
        assertThat(DividedBackward.of(whole, PipelineSchedule.GPIPE).weights()).isEmpty();
    }

    private static List<String> parameters(Stream<BackwardStep> steps) {
        return steps.filter(BackwardStep.Gradient.class::isInstance)
                .flatMap(step -> ((BackwardStep.Gradient) step).parameters().stream())
                .map(parameter -> parameter.name())
                .toList();
    }

    private static List<String> labels(DeviceProgram program) {
        return program.chunks().stream()
                .map(chunk -> String.join(
                        " ",
                        chunk.program().blocks().stream()
                                .map(TrainingProgram.Step::label)
                                .toList()))
                .toList();
    }

    /// Gradients that the first device sums, without the labels of their blocks.
    private static List<String> sums(Transformer model, Parallelism parallelism) {
        return program(model, parallelism, 0).sums().stream()
                .map(sum -> sum.tensor().replaceFirst("^text\\.\\d+/", "") + " " + sum.group())
                .toList();
    }

    private static List<String> collectives(Transformer model, Parallelism parallelism, String label) {
        return block(program(model, parallelism, 0), label).block().operators().stream()
                .filter(Collective.class::isInstance)
                .map(operator -> operator.getClass().getSimpleName() + " " + operator.name())
                .toList();
    }

    private static <T> List<T> operators(DeviceProgram program, Class<T> kind) {
        return program.chunks().stream()
                .flatMap(chunk -> chunk.program().blocks().stream())
                .flatMap(block -> block.block().operators().stream())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static TrainingProgram.Step block(DeviceProgram program, String label) {
        return program.chunks().stream()
                .flatMap(chunk -> chunk.program().blocks().stream())
                .filter(block -> block.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    private static DeviceProgram program(Transformer model, Parallelism parallelism, int rank) {
        return DeviceProgram.of(model, TILED, parallelism, Optional.empty(), rank);
    }
}
