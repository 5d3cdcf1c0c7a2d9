package dev.plimsoll.model.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NextTokensPrediction;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Small likenesses of models whose sizes are written here.
class ShrinkingTest {
    private static final NormRecipe NORM = NormRecipe.rootMeanSquare(1e-6);
    private static final GatedFeedForward DENSE =
            new GatedFeedForward(11_008, ActivationFunction.SILU, Presence.ABSENT);

    @Test
    void equalLayersBecomeTwo() {
        Transformer small =
                shrink(Collections.nCopies(32, layer(attention(32, 8)))).transformer();
        assertThat(runs(small)).containsExactly("0+1", "0+2", "0+1", "0+1");
    }

    /// 26 layers, 5 that look through a window and 1 that does not: two periods and the two layers of a fifth.
    @Test
    void aPatternKeepsItsPeriodAndItsEnd() {
        List<LayerRecipe> layers = new ArrayList<>();
        for (int layer = 0; layer < 26; layer++) {
            AttentionMask window = new AttentionMask.SlidingWindow(4096);
            layers.add(
                    layer(layer % 6 == 5 ? attention(32, 8) : attention(32, 8).withMask(window)));
        }
        Shrunk shrunk = shrink(layers);
        assertThat(runs(shrunk.transformer()))
                .containsExactly("0+1", "0+5", "5+1", "6+5", "11+1", "12+2", "0+1", "0+1");
        long window = attentions(shrunk.transformer())
                .map(Operator.Attention::mask)
                .filter(AttentionMask.SlidingWindow.class::isInstance)
                .map(AttentionMask.SlidingWindow.class::cast)
                .findFirst()
                .orElseThrow()
                .size();
        assertThat(2 * window).isLessThan(shrunk.sizes().sequence());
        assertThat(shrunk.transformer().parts().getFirst().runs().get(1).block().name())
                .isEqualTo("layer (sliding attention " + window + ", gated feed-forward)");
    }

    @Test
    void layersBehindTheDecoderAreNumberedBehindWhatIsLeftOfIt() {
        MixtureOfExperts experts = MixtureOfExperts.gated(
                new Routing(256, 8, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED), 2048, DENSE.function());
        List<LayerRecipe> layers = new ArrayList<>(Collections.nCopies(3, layer(attention(32, 8))));
        layers.addAll(Collections.nCopies(58, layer(attention(32, 8), experts)));
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(32_000, 4096);
        Part next = new NextTokensPrediction(
                        "next tokens",
                        embedding,
                        head(),
                        NORM,
                        NextTokensPrediction.First.TOKEN,
                        List.of(layers.getLast()),
                        layer -> parameter -> TensorNames.NONE)
                .part(61);
        Transformer small = Shrinking.of(new Transformer("test", List.of(text(layers), next), OptionalLong.empty()))
                .transformer();
        assertThat(runs(small)).containsExactly("0+1", "0+2", "2+2", "0+1", "0+1");
        assertThat(small.parts().getLast().runs()).extracting(LayerRun::first).containsOnly(4L);
        Operator.Concatenate pair = operator(small, Operator.Concatenate.class);
        assertThat(pair.output().shape().size(Axis.HIDDEN))
                .isEqualTo(2 * pair.inputs().getFirst().shape().size(Axis.HIDDEN));
    }

    @Test
    void queryHeadsStayInGroupsAndWithoutThemStayAsManyAsTheKeys() {
        Operator.Attention grouped =
                attentions(shrink(layer(attention(32, 8)))).findFirst().orElseThrow();
        assertThat(heads(grouped.query())).isEqualTo(2 * heads(grouped.key())).isGreaterThan(2);
        Operator.Attention single =
                attentions(shrink(layer(attention(32, 1)))).findFirst().orElseThrow();
        assertThat(heads(single.query())).isGreaterThan(2);
        assertThat(heads(single.key())).isEqualTo(1);
        Operator.Attention each =
                attentions(shrink(layer(attention(32, 32)))).findFirst().orElseThrow();
        assertThat(heads(each.query())).isEqualTo(heads(each.key())).isGreaterThan(2);
    }

    /// 1/sqrt(d) stays 1/sqrt(d), half of it half of it, and a scale of one none.
    @Test
    void theScaleOfAttentionFollowsTheHead() {
        for (double factor : new double[] {1, 0.5}) {
            SelfAttention attention = attention(32, 8);
            attention = attention.withScores(attention.scores().withScale(factor / Math.sqrt(128)));
            Operator.Attention small =
                    attentions(shrink(layer(attention))).findFirst().orElseThrow();
            long headSize = small.query().shape().size(Axis.HEAD_SIZE);
            assertThat(headSize).isLessThan(128).isEven();
            assertThat(small.scores().scale()).isEqualTo(factor / Math.sqrt((double) headSize));
        }
        SelfAttention unscaled = attention(32, 8).withScores(AttentionScores.scaled(1));
        assertThat(attentions(shrink(layer(unscaled)))
                        .findFirst()
                        .orElseThrow()
                        .scores()
                        .scale())
                .isEqualTo(1);
    }

    @Test
    void aPartOfAHeadStaysAPartAndTrainedPositionsStillBite() {
        Rotary half = new Rotary(64, 1e4, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.Yarn(40, 4096));
        Shrunk shrunk = shrink(List.of(layer(attention(32, 8).withRotary(Optional.of(half)))));
        Operator.RotaryEmbedding small = operator(shrunk.transformer(), Operator.RotaryEmbedding.class);
        assertThat(small.rotary().size())
                .isEven()
                .isLessThan(small.input().shape().size(Axis.HEAD_SIZE));
        assertThat(small.rotary().scaling()).isInstanceOfSatisfying(RotaryScaling.Yarn.class, yarn -> {
            assertThat(yarn.factor()).isEqualTo(40);
            assertThat(yarn.trainedPositions()).isLessThan(shrunk.sizes().sequence());
        });
    }

    /// A quarter of a head turns, of the fastest pairs: 16 of 64.
    @Test
    void proportionallyTurnedPairsStayAPart() {
        Rotary rotary =
                new Rotary(128, 1e6, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.Proportional(1, 16));
        Operator.RotaryEmbedding small = operator(
                shrink(layer(attention(32, 8).withRotary(Optional.of(rotary)))), Operator.RotaryEmbedding.class);
        assertThat(small.rotary().scaling())
                .isInstanceOfSatisfying(
                        RotaryScaling.Proportional.class,
                        turned -> assertThat(turned.turnedPairs())
                                .isBetween(1L, small.rotary().size() / 2 - 1));
    }

    /// Ranks 1536 and 512, heads of 128 and 64, values of 128: five widths, and the whole key is the sum of two.
    @Test
    void latentAttentionKeepsFiveWidthsAndTheirSum() {
        Rotary rotary = new Rotary(64, 1e4, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None());
        LatentAttention latent = new LatentAttention(
                128,
                OptionalLong.of(1536),
                512,
                128,
                128,
                rotary,
                NORM,
                Presence.ABSENT,
                AttentionScores.scaled(1 / Math.sqrt(192)),
                Optional.empty());
        Transformer small = shrink(layer(latent));
        long plain = width(small, "attention.key");
        long rotated = width(small, "attention.rotated_key");
        assertThat(List.of(
                        width(small, "attention.query_latent"),
                        width(small, "attention.key_value_latent"),
                        plain,
                        rotated,
                        width(small, "attention.value")))
                .doesNotHaveDuplicates();
        assertThat(width(small, "attention.whole_key")).isEqualTo(plain + rotated);
        assertThat(operator(small, Operator.RotaryEmbedding.class).rotary().size())
                .isEqualTo(rotated);
    }

    /// 8 of 256 experts from 4 of 8 groups, each scored by its 2 best.
    @Test
    void expertsStayInGroupsOfWhichSomeAreChosen() {
        Routing routing =
                new Routing(256, 8, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED, new Routing.Groups(8, 4, 2));
        Transformer small = shrink(layer(attention(32, 8), MixtureOfExperts.gated(routing, 2048, DENSE.function())));
        Routing found = operator(small, Operator.Router.class).routing();
        assertThat(found.groups()).isEqualTo(new Routing.Groups(4, 2, 2));
        assertThat(found.topK()).isBetween(3L, found.experts() / 2);
        assertThat(found.experts() / 4).isGreaterThan(2);
    }

    @Test
    void tablesOfPositionsReachAsFarAsARunAndStayApartFromTheLongestContext() {
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(32_000, 4096).withPositions(514);
        Part part = new StackBuilder("text", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, 4096, name -> TensorNames.NONE)
                .embedding(embedding)
                .build();
        Shrunk shrunk = Shrinking.of(new Transformer("test", List.of(part), OptionalLong.of(512)));
        long rows = operators(shrunk.transformer(), Operator.Embedding.class)
                .map(look -> look.table().shape())
                .filter(table -> table.has(Axis.POSITIONS))
                .findFirst()
                .orElseThrow()
                .size(Axis.POSITIONS);
        long longest = shrunk.transformer().maxPositions().orElseThrow();
        assertThat(longest).isGreaterThanOrEqualTo(shrunk.sizes().sequence());
        assertThat(rows).isGreaterThanOrEqualTo(longest + 2);
    }

    /// Two inputs without the axis are two entries along it, before and after.
    @Test
    void entriesPutBehindOneAnotherStayAsMany() {
        BlockBuilder block =
                new BlockBuilder("pair", name -> TensorNames.NONE, Axis.SEQUENCE, Parameter.Sharing.EACH_LAYER);
        Value left = block.input("left", Shape.of(Axis.HIDDEN, 4096));
        Value right = block.input("right", Shape.of(Axis.HIDDEN, 4096));
        Shape pair = block.tokens().then(Shape.of(Axis.GROUPS, 2, Axis.HIDDEN, 4096));
        Value output = block.append(new Operator.Concatenate(
                "pair", Role.EMBEDDING, List.of(left, right), Axis.GROUPS, Value.activation("pair", pair)));
        Part part = new Part(
                "text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, List.of(new LayerRun(block.build(output), 0, 1)));
        Transformer small = Shrinking.of(new Transformer("test", List.of(part), OptionalLong.empty()))
                .transformer();
        assertThat(operator(small, Operator.Concatenate.class).output().shape().size(Axis.GROUPS))
                .isEqualTo(2);
    }

    @Test
    void aRunsSizesAreThoseOfOpenAxesOnly() {
        RunSizes sizes = shrink(List.of(layer(attention(32, 8)))).sizes();
        Set<Axis> ofDevices = Set.of(Axis.RECEIVED, Axis.GATHERED);
        assertThat(Stream.of(Axis.values())
                        .filter(axis -> axis.isOpen() && !ofDevices.contains(axis))
                        .map(sizes::of))
                .doesNotHaveDuplicates()
                .contains(sizes.batch(), sizes.sequence());
        assertThatThrownBy(() -> sizes.of(Axis.HIDDEN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("HIDDEN has a size that the model fixes");
    }

    private static SelfAttention attention(long queryHeads, long keyValueHeads) {
        return SelfAttention.causal(new Heads(queryHeads, keyValueHeads, 128));
    }

    private static LayerRecipe layer(Sublayer attention) {
        return layer(attention, DENSE);
    }

    private static LayerRecipe layer(Sublayer attention, Sublayer feedForward) {
        return new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, NORM, attention, feedForward);
    }

    private static HeadRecipe head() {
        return new HeadRecipe(HeadRecipe.Weights.OWN, 32_000, Presence.ABSENT);
    }

    private static Part text(List<LayerRecipe> layers) {
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(32_000, 4096);
        return new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, 4096, name -> TensorNames.NONE)
                .embedding(embedding)
                .layers(layers, 0)
                .finalNorm(NORM)
                .head(head(), embedding)
                .build();
    }

    private static Shrunk shrink(List<LayerRecipe> layers) {
        return Shrinking.of(new Transformer("test", List.of(text(layers)), OptionalLong.of(131_072)));
    }

    private static Transformer shrink(LayerRecipe layer) {
        return shrink(List.of(layer)).transformer();
    }

    /// The first number and how many, of each run of the first part.
    private static List<String> runs(Transformer transformer) {
        return transformer.parts().getFirst().runs().stream()
                .map(run -> run.first() + "+" + run.count())
                .toList();
    }

    private static <T extends Operator> Stream<T> operators(Transformer transformer, Class<T> kind) {
        return transformer.parts().stream()
                .flatMap(part -> part.runs().stream())
                .flatMap(run -> run.block().operators().stream())
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    private static <T extends Operator> T operator(Transformer transformer, Class<T> kind) {
        return operators(transformer, kind).findFirst().orElseThrow();
    }

    private static Stream<Operator.Attention> attentions(Transformer transformer) {
        return operators(transformer, Operator.Attention.class);
    }

    private static long heads(Value value) {
        return value.shape().leading(3).trailing(1).fixedElements();
    }

    private static long width(Transformer transformer, String operator) {
        return operators(transformer, Operator.class)
                .filter(candidate -> candidate.name().equals(operator))
                .findFirst()
                .orElseThrow()
                .output()
                .shape()
                .trailing(1)
                .fixedElements();
    }
}
