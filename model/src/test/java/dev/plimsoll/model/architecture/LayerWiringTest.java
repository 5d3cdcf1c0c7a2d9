package dev.plimsoll.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.shape.Axis;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How sublayers, norms and residuals stand to one another, and what surrounds the layers.
class LayerWiringTest {
    private static final NormRecipe NORM = NormRecipe.rootMeanSquare(1e-6);
    private static final NormRecipe LAYER_NORM = NormRecipe.layer(1e-5);
    private static final SelfAttention ATTENTION = SelfAttention.causal(new Heads(12, 12, 64));
    private static final PlainFeedForward FEED_FORWARD =
            new PlainFeedForward(3072, ActivationFunction.GELU, Presence.ABSENT);

    /// A layer as the names of its operators: `n` a norm, `A` the attention's last map, `F` the feed-forward's, `+` a
    /// sum.
    @ParameterizedTest
    @CsvSource({
        "NORM_BEFORE, nA+nF+",
        "NORM_AFTER_SUM, A+nF+n",
        "NORM_AFTER, An+Fn+",
        "NORM_AROUND, nAn+nFn+",
        "PARALLEL_ONE_NORM, nA+F+",
        "PARALLEL_TWO_NORMS, nA+nF+"
    })
    void normsAndSumsStandWhereTheWiringSays(LayerRecipe.Wiring wiring, String expected) {
        StringBuilder order = new StringBuilder();
        for (Operator operator : block(layer(wiring)).operators()) {
            if (operator instanceof Operator.Normalization) {
                order.append('n');
            } else if (operator instanceof Operator.Add) {
                order.append('+');
            } else if (operator.name().equals("attention.output")) {
                order.append('A');
            } else if (operator.name().equals("feed_forward.down")) {
                order.append('F');
            }
        }
        assertThat(order).hasToString(expected);
    }

    @Test
    void parallelSublayersReadTheLayersInput() {
        Block block = block(layer(LayerRecipe.Wiring.PARALLEL_TWO_NORMS));
        assertThat(block.operators().stream().filter(Operator.Normalization.class::isInstance))
                .hasSize(2)
                .allSatisfy(norm -> assertThat(norm.reads()).isEqualTo(block.inputs()));
    }

    @Test
    void branchesMayBeScaledAndLayersMayHaveAScalar() {
        LayerRecipe plain = layer(LayerRecipe.Wiring.NORM_BEFORE);
        long parameters = count(block(plain));
        assertThat(parameters).isEqualTo(4 * 768 * 768 + 2 * 768 * 3072 + 2 * 768);
        assertThat(count(block(plain.withBranch(new LayerRecipe.Branch.Constant(0.22)))))
                .isEqualTo(parameters);
        assertThat(count(block(plain.withBranch(new LayerRecipe.Branch.Gate()))))
                .isEqualTo(parameters + 2);
        assertThat(count(block(plain.withScalar()))).isEqualTo(parameters + 1);
    }

    @Test
    void aNormWithoutTrainedPartsHasNone() {
        NormRecipe bare = LAYER_NORM.with(NormRecipe.Affine.NONE);
        assertThat(count(block(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, bare, FEED_FORWARD))))
                .isEqualTo(2 * 768 * 3072);
        assertThat(count(block(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, LAYER_NORM, FEED_FORWARD))))
                .isEqualTo(2 * 768 * 3072 + 2 * 768);
    }

    @Test
    void layersAreCalledAfterWhatDistinguishesThem() {
        SelfAttention sliding = ATTENTION.withMask(new AttentionMask.SlidingWindow(1024));
        SelfAttention borrowing = ATTENTION.withOptions(new SelfAttention.Options(
                Presence.ABSENT, Presence.ABSENT, SelfAttention.KeysAndValues.EARLIER_LAYER, Presence.PRESENT));
        assertThat(name(ATTENTION, FEED_FORWARD)).isEqualTo("layer (causal attention, feed-forward)");
        assertThat(name(sliding, FEED_FORWARD)).isEqualTo("layer (sliding attention 1024, feed-forward)");
        assertThat(name(borrowing)).isEqualTo("layer (causal attention (shared cache))");
        assertThat(name(new SideBySide(ATTENTION, new ShortConvolution(3, Presence.ABSENT))))
                .isEqualTo("layer (causal attention beside short convolution)");
        assertThat(name(new DenseReplacement(DenseReplacement.Replaced.ATTENTION)))
                .isEqualTo("layer (linear map for attention)");
        assertThat(name(new DenseReplacement(DenseReplacement.Replaced.FEED_FORWARD)))
                .isEqualTo("layer (linear map for feed forward)");
        assertThat(name(new GatedDelta(2, 128, 4, 128, 4, NORM))).isEqualTo("layer (linear attention)");
    }

    @Test
    void anIndexerRotatesAsItSays() {
        Rotary last = new Rotary(64, 10_000, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None());
        Rotary first = new Rotary(64, 10_000, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.None());
        LatentAttention attention = new LatentAttention(
                12,
                OptionalLong.empty(),
                512,
                128,
                128,
                last,
                NORM,
                Presence.ABSENT,
                AttentionScores.scaled(1),
                Optional.of(new LatentAttention.Indexer(4, 128, 2048, first)));
        Block block = block(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, NORM, attention));
        assertThat(block.operators().stream()
                        .filter(Operator.RotaryEmbedding.class::isInstance)
                        .map(Operator.RotaryEmbedding.class::cast))
                .extracting(Operator.RotaryEmbedding::rotary)
                .containsExactly(last, last, first, first);
    }

    /// GPT-2: a table and positions; BERT: types and a norm as well.
    @Test
    void embeddingsAddPositionsTypesAndANorm() {
        EmbeddingRecipe gpt = EmbeddingRecipe.plain(50_257, 768).withPositions(1024);
        assertThat(count(embedding(gpt))).isEqualTo(50_257 * 768 + 1024 * 768);
        EmbeddingRecipe bert = EmbeddingRecipe.plain(30_522, 768)
                .withPositions(512)
                .withTokenTypes(2)
                .withNorm(LAYER_NORM)
                .withScale(2);
        assertThat(count(embedding(bert))).isEqualTo((30_522 + 512 + 2) * 768 + 2 * 768);
    }

    /// As in OPT 350M: a table of 512 columns, mapped to a wider stream and back.
    @Test
    void aNarrowTableIsMappedToTheStreamAndBack() {
        EmbeddingRecipe recipe = EmbeddingRecipe.plain(50_272, 768).withWidth(512, Presence.ABSENT);
        assertThat(count(embedding(recipe))).isEqualTo(50_272 * 512 + 768 * 512);
        StackBuilder stack = stack().head(new HeadRecipe(HeadRecipe.Weights.TIED, 50_272, Presence.ABSENT), recipe);
        assertThat(count(stack.build().runs().getFirst().block())).isEqualTo(512 * 768 + 50_272 * 512);
    }

    /// Phi-2's head has a bias.
    @Test
    void aHeadOfItsOwnMayHaveOtherRowsAndABias() {
        EmbeddingRecipe recipe = EmbeddingRecipe.plain(1000, 768);
        StackBuilder own = stack().head(new HeadRecipe(HeadRecipe.Weights.OWN, 1024, Presence.PRESENT), recipe);
        assertThat(count(own.build().runs().getFirst().block())).isEqualTo(1024 * 768 + 1024);
        assertThatThrownBy(() -> stack().head(new HeadRecipe(HeadRecipe.Weights.TIED, 1024, Presence.ABSENT), recipe))
                .hasMessageContaining("output logits is [b, s, V1024] but must be [b, s, V1000]");
    }

    @Test
    void onlyHeadsThatDivideAreShared() {
        assertThatThrownBy(() -> new Heads(32, 6, 128))
                .hasMessage("32 query heads cannot share 6 key/value heads evenly");
        assertThatThrownBy(() -> new Heads(0, 1, 128)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Heads(8, 8, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyExtraLayersAreLeftOutOfTheLogicalCount() {
        for (Part.Kind kind : Part.Kind.values()) {
            Part part = new Part("part", kind, Axis.SEQUENCE, List.of());
            boolean extra = kind == Part.Kind.NEXT_TOKENS_PREDICTION;
            assertThat(part.isLogical()).as("%s", kind).isEqualTo(!extra);
            assertThat(part.isOptional()).as("%s", kind).isEqualTo(extra || kind == Part.Kind.POOLER);
        }
        assertThat(new Transformer("none", List.of(), OptionalLong.empty()).parts())
                .isEmpty();
    }

    private static LayerRecipe layer(LayerRecipe.Wiring wiring) {
        return new LayerRecipe(wiring, NORM, ATTENTION, FEED_FORWARD);
    }

    private static String name(Sublayer... sublayers) {
        return block(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, NORM, sublayers))
                .name();
    }

    private static Block block(LayerRecipe recipe) {
        return stack().layers(List.of(recipe), 0).build().runs().getFirst().block();
    }

    private static Block embedding(EmbeddingRecipe recipe) {
        return stack().embedding(recipe).build().runs().getFirst().block();
    }

    private static StackBuilder stack() {
        return new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, 768, TensorNaming.NONE);
    }

    private static long count(Block block) {
        return block.parameters().stream().mapToLong(Parameter::elements).sum();
    }
}
