package dev.plimsoll.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of sublayer once, in a stream 10 wide, with its parameters by hand.
class EverySublayerTest {
    private static final long HIDDEN = 10;
    private static final NormRecipe NORM = NormRecipe.rootMeanSquare(1e-6);
    private static final ActivationFunction SILU = ActivationFunction.SILU;
    private static final AttentionScores SCORES = AttentionScores.scaled(1);

    /// 6 query heads of 4 on 2 key/value heads: 24 and 8 wide.
    private static final SelfAttention ATTENTION = SelfAttention.causal(new Heads(6, 2, 4));

    private static final long ATTENTION_PARAMETERS = 24 * 10 + 2 * 8 * 10 + 10 * 24;
    private static final GatedFeedForward GATED = new GatedFeedForward(7, SILU, Presence.ABSENT);
    private static final long GATED_PARAMETERS = 3 * 7 * 10;

    /// 5 experts, 3 wide.
    private static final MixtureOfExperts EXPERTS =
            MixtureOfExperts.gated(new Routing(5, 2, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED), 3, SILU);

    private static final long EXPERTS_PARAMETERS = 5 * 10 + 5 * 3 * 3 * 10;

    /// @param parameters counted by hand
    record Example(Sublayer sublayer, long parameters) {
        @Override
        public String toString() {
            return sublayer.getClass().getSimpleName();
        }
    }

    private static Stream<Example> examples() {
        return Stream.of(attentions(), feedForwards(), recurrences(), compositions())
                .flatMap(List::stream);
    }

    private static List<Example> attentions() {
        return List.of(
                new Example(ATTENTION, ATTENTION_PARAMETERS),
                new Example(
                        new CrossAttention(
                                new Heads(6, 2, 4),
                                Axis.SOURCE,
                                13,
                                Set.of(),
                                new SelfAttention.HeadNorm.None(),
                                SCORES),
                        24 * 10 + 2 * 8 * 13 + 10 * 24),
                new Example(
                        disentangled(),
                        4 * (10 * 12) // query, key, value, output: 3 heads of 4
                                + 12 // the query's bias
                                + 2 * (10 * 12 + 12) // relative positions against keys and against queries
                                + 9 * 10 // 9 relative positions
                                + 2 * 10), // their norm
                new Example(
                        latent(),
                        3 * (4 + 2) * 10 // query: 3 heads of 4 + 2
                                + (5 + 2) * 10 // latent and rotated key
                                + 5 // norm
                                + 3 * (4 + 7) * 5 // key, value
                                + 10 * 3 * 7)); // output
    }

    private static DisentangledAttention disentangled() {
        return new DisentangledAttention(
                new Heads(3, 3, 4),
                Set.of(SelfAttention.Projection.QUERY),
                9,
                Optional.of(NormRecipe.layer(1e-7)),
                Set.of(DisentangledAttention.Term.values()),
                DisentangledAttention.PositionProjections.OWN);
    }

    private static LatentAttention latent() {
        Rotary rotary = new Rotary(2, 10_000, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None());
        return new LatentAttention(
                3, OptionalLong.empty(), 5, 4, 7, rotary, NORM, Presence.ABSENT, SCORES, Optional.empty());
    }

    private static List<Example> feedForwards() {
        return List.of(
                new Example(GATED, GATED_PARAMETERS),
                new Example(new PlainFeedForward(7, SILU, Presence.PRESENT), 2 * 7 * 10 + 7 + 10),
                new Example(EXPERTS, EXPERTS_PARAMETERS),
                new Example(
                        new DenseBesideExperts(GATED, EXPERTS, NORM),
                        GATED_PARAMETERS
                                + EXPERTS_PARAMETERS
                                + 4 * 10 // norms before and behind either
                                + 10 // the router's norm
                                + 5), // a scale for each expert
                new Example(new DenseReplacement(DenseReplacement.Replaced.FEED_FORWARD), 10 * 10),
                new Example(new PerLayerInput(3, SILU), 2 * 3 * 10));
    }

    private static List<Example> recurrences() {
        return List.of(
                new Example(
                        new SelectiveScan(20, 4, 3, 2, Presence.PRESENT, Presence.ABSENT, Optional.empty()),
                        2 * 20 * 10 // input, gate
                                + 20 * 3
                                + 20 // convolution
                                + (2 + 2 * 4) * 20 // time step, B, C
                                + 2 * 20
                                + 20 // time step up
                                + 20 * 4
                                + 20 // decay, skip
                                + 10 * 20), // output
                new Example(
                        new GroupedStateSpace(4, 5, 2, 3, 3, Presence.ABSENT, Presence.ABSENT, Optional.empty()),
                        (2 * 20 + 2 * 2 * 3 + 4) * 10 // gate, input, B, C, time step
                                + (20 + 2 * 2 * 3) * 3 // convolution
                                + 3 * 4 // decay, skip, time-step bias
                                + 10 * 20), // output
                new Example(
                        new GatedDelta(2, 3, 4, 5, 3, NORM),
                        (2 * 2 * 3 + 2 * 4 * 5) * 10 // query, key, value, gate
                                + 2 * 4 * 10 // beta, decay
                                + (2 * 2 * 3 + 4 * 5) * 3 // convolution
                                + 2 * 4 // decay, time-step bias
                                + 5 // norm
                                + 10 * 20), // output
                new Example(new ShortConvolution(3, Presence.ABSENT), 4 * 10 * 10 + 10 * 3));
    }

    /// What is around a sublayer adds no parameters.
    private static List<Example> compositions() {
        return List.of(
                new Example(new SideBySide(ATTENTION, GATED), ATTENTION_PARAMETERS + GATED_PARAMETERS),
                new Example(new WiredOtherwise(GATED, LayerRecipe.Wiring.NORM_AFTER), GATED_PARAMETERS),
                new Example(new Multiplied(GATED, Map.of("feed_forward.down", 0.5)), GATED_PARAMETERS));
    }

    @Test
    void everyKindHasAnExample() {
        assertThat(examples().<Class<?>>map(example -> example.sublayer().getClass()))
                .containsOnly(Sublayer.class.getPermittedSubclasses());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void itsParametersAreThoseOfItsMatricesNormsAndBiases(Example example) {
        BlockBuilder builder =
                new BlockBuilder("sublayer", TensorNaming.NONE, Axis.SEQUENCE, Parameter.Sharing.EACH_LAYER);
        Value input = builder.input("hidden", Shape.of(Axis.HIDDEN, HIDDEN));
        Value output = example.sublayer().append(builder, input);
        assertThat(output.shape()).isEqualTo(input.shape());
        assertThat(builder.build(output).parameters().stream()
                        .mapToLong(Parameter::elements)
                        .sum())
                .isEqualTo(example.parameters());
    }
}
