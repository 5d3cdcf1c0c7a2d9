package dev.plimsoll.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Axis;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Stacks, what they intern, and the distinct parameters of whole models.
class WholeModelTest {
    private static final NormRecipe NORM = NormRecipe.rootMeanSquare(1e-6);
    private static final HeadRecipe.Weights TIED = HeadRecipe.Weights.TIED;
    private static final HeadRecipe.Weights OWN = HeadRecipe.Weights.OWN;

    /// Source: the tensors of the published checkpoint, without its 32 rotary buffers of 64.
    @Test
    void llama2SevenBillion() {
        LayerRecipe layer = layer(SelfAttention.causal(new Heads(32, 32, 128)), feedForward(11_008));
        assertThat(count(model(4096, 32_000, layer, 32, OWN)))
                .isEqualTo(2L * 32_000 * 4096 + 32L * (4 * 4096 * 4096 + 3 * 4096 * 11_008 + 2 * 4096) + 4096)
                .isEqualTo(6_738_415_616L);
    }

    /// Source: the tensors of the published checkpoint, whose second copy of the table counts once.
    @Test
    void qwen3SixHundredMillionCountsItsTiedTableOnce() {
        SelfAttention attention =
                SelfAttention.causal(new Heads(16, 8, 128)).withHeadNorm(new SelfAttention.HeadNorm.EachHead(NORM));
        Part tied = model(1024, 151_936, layer(attention, feedForward(3072)), 28, TIED);
        Part own = model(1024, 151_936, layer(attention, feedForward(3072)), 28, OWN);
        assertThat(count(tied)).isEqualTo(596_049_920);
        assertThat(count(own)).isEqualTo(596_049_920 + 151_936 * 1024).isEqualTo(751_632_384);
    }

    /// Source: the tensors of the published checkpoint.
    @Test
    void mambaOneHundredThirtyMillion() {
        SelectiveScan scan = new SelectiveScan(1536, 16, 4, 48, Presence.PRESENT, Presence.ABSENT, Optional.empty());
        assertThat(count(model(768, 50_280, layer(scan), 24, TIED))).isEqualTo(129_135_360);
    }

    /// 12 layers on one layer's parameters count once, as in ALBERT.
    @Test
    void layersThatShareTheirParametersCountOnce() {
        LayerRecipe layer = layer(SelfAttention.causal(new Heads(12, 12, 64)), feedForward(3072));
        long once = 4 * 768 * 768 + 3 * 768 * 3072 + 2 * 768;
        Part shared = stack("text")
                .layers(twelve(layer), 0, Parameter.Sharing.WHOLE_MODEL)
                .build();
        assertThat(count(shared)).isEqualTo(once);
        assertThat(count(stack("text").layers(twelve(layer), 0).build())).isEqualTo(12 * once);
    }

    @Test
    void sharedAndSeparateLayersOfOneRecipeAreTwoBlocks() {
        LayerRecipe layer = layer(feedForward(3072));
        Part part = stack("text")
                .layers(twelve(layer), 0, Parameter.Sharing.WHOLE_MODEL)
                .layers(twelve(layer), 12)
                .build();
        assertThat(count(part)).isEqualTo((1 + 12) * (3 * 768 * 3072 + 768));
    }

    @Test
    void twoStacksThatReadOneTableCountItOnce() {
        EmbeddingRecipe recipe = EmbeddingRecipe.plain(1000, 768);
        Part encoder = stack("encoder").embedding(recipe).build();
        Part decoder = stack("decoder").embedding(recipe).build();
        assertThat(DistinctParameters.of(List.of(encoder, decoder)))
                .singleElement()
                .satisfies(occurrence -> {
                    assertThat(occurrence.part()).isEqualTo(encoder);
                    assertThat(occurrence.parameter().name()).isEqualTo(EmbeddingRecipe.TABLE);
                    assertThat(occurrence.copies()).isEqualTo(1);
                });
    }

    @Test
    void equalNeighboursAreOneRunAndEqualRecipesOneBlock() {
        LayerRecipe attention = layer(SelfAttention.causal(new Heads(12, 12, 64)));
        LayerRecipe same = layer(SelfAttention.causal(new Heads(12, 12, 64)));
        LayerRecipe other = layer(SelfAttention.causal(new Heads(12, 4, 64)));
        List<LayerRun> runs = stack("text")
                .layers(List.of(attention, same, other, same, attention), 3)
                .build()
                .runs();
        assertThat(runs).extracting(LayerRun::first).containsExactly(3L, 5L, 6L);
        assertThat(runs).extracting(LayerRun::count).containsExactly(2L, 1L, 2L);
        assertThat(runs.get(0).block())
                .isSameAs(runs.get(2).block())
                .isNotEqualTo(runs.get(1).block());
    }

    @Test
    void aSharedParameterOfTwoMeaningsIsRefused() {
        Part small =
                stack("encoder").embedding(EmbeddingRecipe.plain(1000, 768)).build();
        Part large =
                stack("decoder").embedding(EmbeddingRecipe.plain(2000, 768)).build();
        assertThatThrownBy(() -> new Transformer("t5", List.of(small, large), OptionalLong.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the shared parameter embedding.tokens.weight is")
                .hasMessageContaining("V1000")
                .hasMessageContaining("V2000");
        assertThat(new Transformer("t5", List.of(small), OptionalLong.of(512)).parts())
                .containsExactly(small);
    }

    @Test
    void twoPartsOfOneNameAreRefused() {
        Part part = stack("text").embedding(EmbeddingRecipe.plain(1000, 768)).build();
        assertThatThrownBy(() -> new Transformer("llama", List.of(part, part), OptionalLong.empty()))
                .hasMessage("two parts are called text");
    }

    @Test
    void aRunHasLayersAndANumber() {
        Block block = stack("text")
                .embedding(EmbeddingRecipe.plain(1000, 768))
                .build()
                .runs()
                .getFirst()
                .block();
        assertThatThrownBy(() -> new LayerRun(block, 0, 0)).hasMessage("embedding: 0 layers from number 0");
        assertThatThrownBy(() -> new LayerRun(block, -1, 1)).hasMessage("embedding: 1 layers from number -1");
    }

    private static Part model(long hidden, long vocabulary, LayerRecipe layer, int layers, HeadRecipe.Weights head) {
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(vocabulary, hidden);
        return new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, TensorNaming.NONE)
                .embedding(embedding)
                .layers(Collections.nCopies(layers, layer), 0)
                .finalNorm(NORM)
                .head(new HeadRecipe(head, vocabulary, Presence.ABSENT), embedding)
                .build();
    }

    private static StackBuilder stack(String name) {
        return new StackBuilder(name, Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, 768, TensorNaming.NONE);
    }

    private static LayerRecipe layer(Sublayer... sublayers) {
        return new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, NORM, sublayers);
    }

    private static GatedFeedForward feedForward(long width) {
        return new GatedFeedForward(width, ActivationFunction.SILU, Presence.ABSENT);
    }

    private static List<LayerRecipe> twelve(LayerRecipe layer) {
        return Collections.nCopies(12, layer);
    }

    private static long count(Part part) {
        return DistinctParameters.of(List.of(part)).stream()
                .mapToLong(occurrence ->
                        occurrence.copies() * occurrence.parameter().elements())
                .sum();
    }
}
