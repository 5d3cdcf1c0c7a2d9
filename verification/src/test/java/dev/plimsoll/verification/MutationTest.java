package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// One mistake planted on one side for each class of formula: each is found, and where it was made.
class MutationTest {
    private static final Workers WORKERS = new Workers(2);
    private static final SelfAttention ATTENTION = SelfAttention.causal(new Heads(6, 3, 4));
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(3, 5));
    private static final TrainingExecution CLASSIC = TrainingExecution.of(
                    Precision.MIXED_16, new AttentionKernel.Materialised())
            .withDropout(new DropoutRates(0.1, 0.1, 0.1));

    @AfterAll
    static void end() {
        WORKERS.close();
    }

    @Test
    void nothingDiffersBeforeAMistakeIsMade() {
        assertThat(differences(question(ATTENTION, TILED), question(ATTENTION, TILED)))
                .isEmpty();
        assertThat(differences(question(ATTENTION, CLASSIC), question(ATTENTION, CLASSIC)))
                .isEmpty();
    }

    @Test
    void aDroppedBiasIsMissed() {
        SelfAttention biased = ATTENTION.withBiased(SelfAttention.Projection.QUERY);
        assertThat(differences(question(ATTENTION, TILED), question(biased, TILED)))
                .contains("parameter text.1/attention.query.bias", "weights", "gradients", "optimizer states");
    }

    @Test
    void forgottenMasterWeightsAreMissed() {
        Precision precision = Precision.MIXED_16;
        Precision without = new Precision(
                "without",
                precision.weights(),
                precision.activations(),
                precision.gradients(),
                precision.gradientCopy(),
                Optional.empty(),
                precision.optimizerStates(),
                precision.keyValueCache());
        TrainingExecution forgotten = TrainingExecution.of(without, TILED.attention());
        assertThat(differences(question(ATTENTION, forgotten), question(ATTENTION, TILED)))
                .contains("master weights")
                .doesNotContain("weights", "optimizer states");
    }

    @Test
    void gradientsInTwoBytesInsteadOfFourAreSeen() {
        TrainingExecution wider = TrainingExecution.of(Precision.MIXED_18, TILED.attention());
        assertThat(differences(question(ATTENTION, TILED), question(ATTENTION, wider)))
                .contains("gradients")
                .doesNotContain("weights", "master weights", "optimizer states");
    }

    @Test
    void queryHeadsTakenForKeyValueHeadsAreSeen() {
        SelfAttention multiHead = SelfAttention.causal(new Heads(6, 6, 4));
        assertThat(differences(question(multiHead, TILED), question(ATTENTION, TILED)))
                .contains(
                        "parameter text.1/attention.key.weight",
                        "multiply-adds text.1 forward attention.key",
                        "multiply-adds text.1 gradient attention.value",
                        "kept text.1/attention.key")
                .doesNotContain("multiply-adds text.1 forward attention.core");
    }

    @Test
    void gradientsOfWeightsThatAreNotCountedAreMissed() {
        TrainingProgram program = edited(
                question(ATTENTION, TILED),
                backward -> new BlockBackward(
                        backward.kept(),
                        backward.steps().stream()
                                .map(MutationTest::withoutParameters)
                                .toList(),
                        backward.inputGradients()));
        assertThat(differences(TrainingPrediction.of(question(ATTENTION, TILED), program), question(ATTENTION, TILED)))
                .contains("multiply-adds text.1 gradient feed_forward.up", "multiply-adds text.3 gradient head")
                .doesNotContain("multiply-adds text.1 forward feed_forward.up");
    }

    @Test
    void theWholeSquareInsteadOfThePairsThatAreSeenIsFound() {
        SelfAttention square = ATTENTION.withMask(new AttentionMask.Everything());
        assertThat(differences(question(square, CLASSIC), question(ATTENTION, CLASSIC)))
                .containsExactly(
                        "multiply-adds text.1 forward attention.core",
                        "multiply-adds text.2 forward attention.core",
                        "multiply-adds text.2 gradient attention.core",
                        "multiply-adds text.1 gradient attention.core");
    }

    @Test
    void otherTilesAreFoundInWhatIsExecutedAlone() {
        TrainingExecution other = TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(5, 3));
        assertThat(differences(question(ATTENTION, other), question(ATTENTION, TILED)))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("executed "));
    }

    @Test
    void aPieceLessThatIsRunAgainIsMissed() {
        TrainingExecution again = TILED.withRecomputation(Recomputation.everywhere(Piece.FEED_FORWARD));
        TrainingExecution less = TILED.withRecomputation(Recomputation.everywhere(Piece.ACTIVATION));
        assertThat(differences(question(ATTENTION, less), question(ATTENTION, again)))
                .contains("multiply-adds text.1 rerun feed_forward.up", "kept text.1/feed_forward.up");
    }

    @Test
    void aForgottenStatisticIsMissed() {
        TrainingQuestion question = question(ATTENTION, CLASSIC);
        TrainingProgram program =
                edited(question, backward -> without(backward, "attention.normalization.reciprocal_deviation"));
        assertThat(differences(TrainingPrediction.of(question, program), question))
                .contains("kept text.1/attention.normalization.reciprocal_deviation");
    }

    @Test
    void activationsTakenInFourBytesAreFoundInThePeak() {
        Precision precision = Precision.MIXED_16;
        Precision wide = new Precision(
                "wide",
                precision.weights(),
                DataType.F32,
                precision.gradients(),
                precision.gradientCopy(),
                precision.masterWeights(),
                precision.optimizerStates(),
                precision.keyValueCache());
        List<String> differences = differences(
                question(ATTENTION, TrainingExecution.of(wide, TILED.attention())), question(ATTENTION, TILED));
        assertThat(differences).anyMatch(name -> name.startsWith("peak at "));
        assertThat(differences).doesNotContain("kept text.3/head", "gradients");
    }

    @Test
    void queryHeadsThatAreCachedInsteadOfKeyValueHeadsAreFound() {
        SelfAttention multiHead = SelfAttention.causal(new Heads(6, 6, 4));
        assertThat(continued(multiHead, ATTENTION))
                .anyMatch(name -> name.contains("cache"))
                .noneMatch(name -> name.contains("multiply-adds") && name.contains("attention.core"));
    }

    @Test
    void aWindowThatIsNotHeededIsFound() {
        SelfAttention sliding = ATTENTION.withMask(new AttentionMask.SlidingWindow(3));
        assertThat(continued(ATTENTION, sliding)).anyMatch(name -> name.contains("cache"));
    }

    private static List<String> continued(SelfAttention mistaken, SelfAttention right) {
        InferencePlan plan = InferencePlan.all().getFirst();
        InferenceQuestion asked = InferenceQuestion.of("small", model(right), plan, 11);
        InferenceMeasurement.Measured measured = InferenceMeasurement.of(asked, Kernels.best(), WORKERS);
        InferenceQuestion wrong = InferenceQuestion.of("small", model(mistaken), plan, 11);
        return names(InferencePrediction.of(wrong, measured.routed()), measured.figures());
    }

    /// Enough: what is not kept is released and poisoned, so its gradient cannot be had.
    @Test
    void aKeptTensorLessStopsTheEngine() {
        TrainingQuestion question = question(ATTENTION, TILED);
        for (String name : List.of("attention.query", "attention.core.log_sum_exp", "feed_forward.up")) {
            TrainingProgram program = edited(question, backward -> without(backward, name));
            assertThatThrownBy(() -> TrainingMeasurement.of(question, program, Kernels.best(), WORKERS))
                    .as(name)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(name);
        }
    }

    /// Needed: what nothing reads is found.
    @Test
    void aKeptTensorMoreIsFound() {
        TrainingQuestion question = question(ATTENTION, TILED);
        TrainingProgram program = edited(question, MutationTest::withOneMore);
        Figures measured = TrainingMeasurement.of(question, program, Kernels.best(), WORKERS)
                .figures();
        assertThat(names(TrainingPrediction.of(question, program), measured))
                .contains("kept and never read: text.1/attention.output");
    }

    private static BackwardStep withoutParameters(BackwardStep step) {
        return switch (step) {
            case BackwardStep.Rerun rerun -> rerun;
            case BackwardStep.Gradient gradient ->
                new BackwardStep.Gradient(gradient.operator(), gradient.inputs(), List.of(), gradient.reads());
        };
    }

    private static BlockBackward without(BlockBackward backward, String kept) {
        return new BlockBackward(
                backward.kept().stream()
                        .filter(tensor -> !tensor.name().equals(kept))
                        .toList(),
                backward.steps(),
                backward.inputGradients());
    }

    private static BlockBackward withOneMore(BlockBackward backward) {
        List<Kept> kept = new ArrayList<>(backward.kept());
        for (BackwardStep step : backward.steps()) {
            if (step.operator() instanceof Operator.Linear linear
                    && linear.name().equals("attention.output")) {
                kept.add(new Kept.OfValue(linear.output()));
            }
        }
        return new BlockBackward(kept, backward.steps(), backward.inputGradients());
    }

    private static TrainingProgram edited(TrainingQuestion question, UnaryOperator<BlockBackward> mistake) {
        TrainingProgram program = question.program();
        return new TrainingProgram(
                program.blocks().stream()
                        .map(step -> new TrainingProgram.Step(
                                step.label(), step.block(), step.layer(), mistake.apply(step.backward())))
                        .toList(),
                program.execution());
    }

    private static List<String> differences(TrainingQuestion mistaken, TrainingQuestion right) {
        return differences(TrainingPrediction.of(mistaken), right);
    }

    private static List<String> differences(Figures predicted, TrainingQuestion right) {
        return names(
                predicted,
                TrainingMeasurement.of(right, Kernels.best(), WORKERS).figures());
    }

    private static List<String> names(Figures predicted, Figures measured) {
        return Figures.compare(predicted, measured).stream()
                .filter(row -> !row.isExact())
                .map(Compared::name)
                .toList();
    }

    private static TrainingQuestion question(SelfAttention attention, TrainingExecution execution) {
        return new TrainingQuestion(
                "small", model(attention), execution, Optional.empty(), new Optimizer.AdamW(1e-3, 0.1), 2, 11);
    }

    private static Transformer model(SelfAttention attention) {
        NormRecipe norm = NormRecipe.rootMeanSquare(1e-6);
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(23, 18);
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                norm,
                attention,
                new GatedFeedForward(26, ActivationFunction.SILU, Presence.ABSENT));
        Part text = new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, 18, name -> TensorNames.NONE)
                .embedding(embedding)
                .layers(List.of(layer, layer), 0)
                .head(new HeadRecipe(HeadRecipe.Weights.OWN, 23, Presence.ABSENT), embedding)
                .build();
        return new Transformer("small", List.of(text), OptionalLong.empty());
    }
}
