package dev.plimsoll.model.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.ShortConvolution;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.TensorNaming;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The description is a program: executed, it gives what the papers' formulas give.
class BlockExecutionTest {
    private static final long SEED = 20_240_607;
    private static final Map<Axis, Integer> OPEN =
            Map.of(Axis.BATCH, ForwardByHand.BATCH, Axis.SEQUENCE, ForwardByHand.TOKENS);
    private static final NormRecipe NORM = NormRecipe.rootMeanSquare(ForwardByHand.EPSILON);

    @Test
    void theDescribedLlamaLayerIsTheOneOfThePapers() {
        Run run = new Run(layer(attention(), feedForward()));
        assertAgreement(run.interpreted(run.weights), new ForwardByHand(run.arrays()).llama(run.hidden.toArray()));
    }

    @Test
    void theDescribedMixtureOfExpertsLayerIsTheOneOfThePapers() {
        Run run = new Run(layer(attention(), experts()));
        assertAgreement(
                run.interpreted(run.weights), new ForwardByHand(run.arrays()).mixtureOfExperts(run.hidden.toArray()));
    }

    /// Each pair is of one shape, so no validator can tell a mix-up; only the numbers can.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "feed_forward.gate.weight feed_forward.up.weight",
                "attention.key.weight attention.value.weight",
                "attention.normalization.weight feed_forward.normalization.weight"
            })
    void swappedParametersGiveAnotherOutput(String pair) {
        Run run = new Run(layer(attention(), feedForward()));
        Map<String, Tensor> swapped = new HashMap<>(run.weights);
        String[] names = pair.split(" ", -1);
        swapped.put(names[0], run.weight(names[1]));
        swapped.put(names[1], run.weight(names[0]));
        assertDisagreement(run.interpreted(swapped), new ForwardByHand(run.arrays()).llama(run.hidden.toArray()));
    }

    @Test
    void swappedExpertsGiveAnotherOutput() {
        Run run = new Run(layer(attention(), experts()));
        Map<String, Tensor> swapped = new HashMap<>(run.weights);
        swapped.put("experts.gate.weight", run.weight("experts.up.weight"));
        swapped.put("experts.up.weight", run.weight("experts.gate.weight"));
        assertDisagreement(
                run.interpreted(swapped), new ForwardByHand(run.arrays()).mixtureOfExperts(run.hidden.toArray()));
    }

    /// Query head `i` would look at key/value head `(i + 1) / 2`, as a wrong repetition makes it.
    @Test
    void keyHeadsRepeatedWronglyGiveAnotherOutput() {
        Run run = new Run(layer(attention(), feedForward()));
        Map<String, Tensor> shifted = new HashMap<>(run.weights);
        for (String name : List.of("attention.key.weight", "attention.value.weight")) {
            Tensor weight = run.weight(name);
            int head = ForwardByHand.HEAD_SIZE * ForwardByHand.HIDDEN;
            Shape shape = run.parameter(name).shape();
            shifted.put(name, Tensor.of(shape, OPEN, i -> weight.at((i + head) % weight.size())));
        }
        assertDisagreement(run.interpreted(shifted), new ForwardByHand(run.arrays()).llama(run.hidden.toArray()));
    }

    @Test
    void anotherBlockOfTheSameParametersGivesAnotherOutput() {
        Sublayer unscaled = attention().withScores(AttentionScores.scaled(1));
        Sublayer unrotated = attention().withRotary(Optional.empty());
        for (Sublayer mutated : List.of(unscaled, unrotated)) {
            Run run = new Run(layer(mutated, feedForward()));
            double[] byHand = new ForwardByHand(run.arrays()).llama(run.hidden.toArray());
            assertDisagreement(run.interpreted(run.weights), byHand);
        }
    }

    @Test
    void aRouterThatDoesNotNormalizeGivesAnotherOutput() {
        Routing asScored = new Routing(
                ForwardByHand.EXPERTS, ForwardByHand.TOP_K, Routing.Scoring.SOFTMAX, Routing.Weighting.AS_SCORED);
        Run run = new Run(layer(attention(), experts(asScored)));
        assertDisagreement(
                run.interpreted(run.weights), new ForwardByHand(run.arrays()).mixtureOfExperts(run.hidden.toArray()));
    }

    @Test
    void anOperatorBeyondTheTwoLayersIsRefusedByName() {
        Run run = new Run(layer(new ShortConvolution(3, Presence.ABSENT)));
        assertThatThrownBy(() -> run.interpreted(run.weights))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("not executed in this test: recurrence.convolution");
    }

    /// A layer with random weights and a random input.
    private static final class Run {
        private final Block block;
        private final Map<String, Tensor> weights = new HashMap<>();
        private final Tensor hidden;

        Run(Block block) {
            this.block = block;
            Random random = new Random(SEED);
            for (Parameter parameter : block.parameters()) {
                weights.put(parameter.name(), Tensor.of(parameter.shape(), OPEN, i -> random.nextGaussian()));
            }
            this.hidden = Tensor.of(block.inputs().getFirst().shape(), OPEN, i -> random.nextGaussian());
        }

        double[] interpreted(Map<String, Tensor> with) {
            return ScalarInterpreter.run(block, OPEN, with, Map.of("hidden", hidden))
                    .toArray();
        }

        Map<String, double[]> arrays() {
            Map<String, double[]> arrays = new HashMap<>();
            weights.forEach((name, weight) -> arrays.put(name, weight.toArray()));
            return arrays;
        }

        Parameter parameter(String name) {
            return block.parameters().stream()
                    .filter(found -> found.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        Tensor weight(String name) {
            return Optional.ofNullable(weights.get(name)).orElseThrow();
        }
    }

    private static Block layer(Sublayer... sublayers) {
        LayerRecipe recipe = new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, NORM, sublayers);
        return new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, ForwardByHand.HIDDEN, TensorNaming.NONE)
                .layers(List.of(recipe), 0)
                .build()
                .runs()
                .getFirst()
                .block();
    }

    private static SelfAttention attention() {
        Heads heads = new Heads(ForwardByHand.QUERY_HEADS, ForwardByHand.KEY_VALUE_HEADS, ForwardByHand.HEAD_SIZE);
        Rotary rotary = new Rotary(
                ForwardByHand.HEAD_SIZE,
                ForwardByHand.ROTARY_BASE,
                Rotary.Pairing.HALVES,
                Rotary.End.FIRST,
                new RotaryScaling.None());
        return SelfAttention.causal(heads).withRotary(Optional.of(rotary));
    }

    private static Sublayer feedForward() {
        return new GatedFeedForward(ForwardByHand.FEED_FORWARD, ActivationFunction.SILU, Presence.ABSENT);
    }

    private static Sublayer experts() {
        return experts(new Routing(
                ForwardByHand.EXPERTS, ForwardByHand.TOP_K, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED));
    }

    private static Sublayer experts(Routing routing) {
        return MixtureOfExperts.gated(routing, ForwardByHand.FEED_FORWARD, ActivationFunction.SILU)
                .withShared(new MixtureOfExperts.SharedExpert(ForwardByHand.SHARED_EXPERT, Presence.PRESENT));
    }

    /// Both sum the same products in another order, some tens of them: within 1e-12 of the largest element in doubles.
    private static void assertAgreement(double[] interpreted, double[] byHand) {
        assertThat(largestDifference(interpreted, byHand)).as("seed %d", SEED).isLessThan(1e-12);
    }

    private static void assertDisagreement(double[] interpreted, double[] byHand) {
        assertThat(largestDifference(interpreted, byHand)).as("seed %d", SEED).isGreaterThan(1e-3);
    }

    private static double largestDifference(double[] interpreted, double[] byHand) {
        assertThat(interpreted).hasSameSizeAs(byHand).doesNotContain(Double.NaN);
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < byHand.length; i++) {
            difference = Math.max(difference, Math.abs(interpreted[i] - byHand[i]));
            largest = Math.max(largest, Math.abs(byHand[i]));
        }
        return difference / largest;
    }
}
