package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/// A decoder-only language model in the making.
///
/// A family begins with another one's and changes what it has of its own; the changes are applied in the order they
/// were made, when the model is built.
final class Decoder {
    /// A change to the attention of a layer.
    @FunctionalInterface
    interface AttentionChange {
        Sublayer apply(int layer, SelfAttention attention);
    }

    private final Config config;
    private final long hidden;
    private final int layers;
    private Naming naming;
    private EmbeddingRecipe embedding;
    private HeadRecipe head;
    private NormRecipe norm;
    private Optional<NormRecipe> finalNorm;
    private LayerRecipe.Wiring wiring = LayerRecipe.Wiring.NORM_BEFORE;
    private IntFunction<List<Sublayer>> sublayers;
    private IntFunction<UnaryOperator<LayerRecipe>> finish = layer -> UnaryOperator.identity();
    private Optional<Function<BlockBuilder, Block>> afterEmbedding = Optional.empty();
    private final List<Function<Decoder, List<Part>>> further = new ArrayList<>();

    /// @param norm the layers' and the final normalisation
    /// @param sublayers what each layer is made of
    Decoder(Config config, Naming naming, NormRecipe norm, IntFunction<List<Sublayer>> sublayers) {
        this(config, Keys.layers(config), naming, norm, sublayers);
    }

    /// As many layers as something else than the usual keys says.
    Decoder(Config config, int layers, Naming naming, NormRecipe norm, IntFunction<List<Sublayer>> sublayers) {
        this.config = config;
        this.naming = naming;
        this.norm = norm;
        this.finalNorm = Optional.of(norm);
        this.sublayers = sublayers;
        this.hidden = Keys.hidden(config);
        this.layers = layers;
        long vocabulary = Keys.vocabulary(config);
        this.embedding = EmbeddingRecipe.plain(vocabulary, hidden);
        this.head = new HeadRecipe(HeadRecipe.Weights.OWN, vocabulary, Presence.ABSENT);
    }

    long hidden() {
        return hidden;
    }

    int layers() {
        return layers;
    }

    NormRecipe norm() {
        return norm;
    }

    Config config() {
        return config;
    }

    /// What a layer is made of, as changed so far.
    List<Sublayer> at(int layer) {
        return sublayers.apply(layer);
    }

    Decoder naming(UnaryOperator<Naming> change) {
        naming = change.apply(naming);
        return this;
    }

    Decoder embedding(UnaryOperator<EmbeddingRecipe> change) {
        embedding = change.apply(embedding);
        return this;
    }

    /// Both the layers' and the final normalisation.
    Decoder norm(NormRecipe other) {
        norm = other;
        finalNorm = Optional.of(other);
        return this;
    }

    Decoder finalNorm(Optional<NormRecipe> other) {
        finalNorm = other;
        return this;
    }

    Decoder wiring(LayerRecipe.Wiring other) {
        wiring = other;
        return this;
    }

    /// Tied to the token table or not, as the config says, or else as the family does.
    Decoder head(HeadRecipe.Weights familyDefault) {
        return head(recipe -> recipe.withWeights(Keys.headWeights(config, familyDefault)));
    }

    Decoder head(UnaryOperator<HeadRecipe> change) {
        head = change.apply(head);
        return this;
    }

    Decoder headBias(Presence bias) {
        return head(recipe -> recipe.withBias(bias));
    }

    /// A block between the embedding and the layers.
    Decoder afterEmbedding(Function<BlockBuilder, Block> block) {
        afterEmbedding = Optional.of(block);
        return this;
    }

    /// All layers' branches times a constant before they are added.
    Decoder branchScale(double factor) {
        return factor == 1
                ? this
                : finish(layer -> recipe -> recipe.withBranch(new LayerRecipe.Branch.Constant(factor)));
    }

    /// Changes every layer that attends.
    Decoder attention(AttentionChange change) {
        IntFunction<List<Sublayer>> before = sublayers;
        sublayers = layer -> {
            List<Sublayer> changed = new ArrayList<>();
            for (Sublayer sublayer : before.apply(layer)) {
                changed.add(sublayer instanceof SelfAttention attention ? change.apply(layer, attention) : sublayer);
            }
            return changed;
        };
        return this;
    }

    /// Replaces the first sublayer of each layer, its attention.
    Decoder mixer(IntFunction<Sublayer> other) {
        IntFunction<List<Sublayer>> before = sublayers;
        sublayers = layer -> {
            List<Sublayer> changed = new ArrayList<>(before.apply(layer));
            changed.set(0, other.apply(layer));
            return changed;
        };
        return this;
    }

    /// Replaces the last sublayer of each layer, its feed-forward network.
    Decoder feedForward(IntFunction<Sublayer> other) {
        IntFunction<List<Sublayer>> before = sublayers;
        sublayers = layer -> {
            List<Sublayer> changed = new ArrayList<>(before.apply(layer));
            changed.set(changed.size() - 1, other.apply(layer));
            return changed;
        };
        return this;
    }

    /// Replaces all sublayers of each layer.
    Decoder sublayers(IntFunction<List<Sublayer>> other) {
        sublayers = other;
        return this;
    }

    /// A last change to each layer's recipe.
    Decoder finish(IntFunction<UnaryOperator<LayerRecipe>> change) {
        IntFunction<UnaryOperator<LayerRecipe>> before = finish;
        finish =
                layer -> recipe -> change.apply(layer).apply(before.apply(layer).apply(recipe));
        return this;
    }

    /// Parts behind the text stack, for example layers that predict further tokens; made after every change.
    Decoder further(Function<Decoder, List<Part>> part) {
        further.add(part);
        return this;
    }

    LayerRecipe layer(int number) {
        LayerRecipe recipe = new LayerRecipe(at(number), wiring, norm, new LayerRecipe.Branch.Plain(), Presence.ABSENT);
        return finish.apply(number).apply(recipe);
    }

    /// The text stack alone, for a model of several towers.
    Part text() {
        List<LayerRecipe> recipes = new ArrayList<>(layers);
        for (int i = 0; i < layers; i++) {
            recipes.add(layer(i));
        }
        StackBuilder stack =
                new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, naming).embedding(embedding);
        afterEmbedding.ifPresent(how -> stack.add(how.apply(stack.block("after embedding"))));
        stack.layers(recipes, 0);
        finalNorm.ifPresent(stack::finalNorm);
        return stack.head(head, embedding).build();
    }

    /// The text stack and what stands behind it.
    Transformer transformer() {
        return transformer(config, List.of());
    }

    /// The text stack and what stands behind it, after towers that stand before it.
    ///
    /// @param whole the whole model's config, of which the text's is a part; what it says of tied weights governs
    Transformer transformer(Config whole, List<Part> towers) {
        head(recipe -> recipe.withWeights(Keys.headWeights(whole, recipe.weights())));
        List<Part> parts = new ArrayList<>(towers);
        parts.add(text());
        further.forEach(part -> parts.addAll(part.apply(this)));
        return new Transformer(Keys.architecture(whole), parts, Keys.maxPositions(config));
    }

    /// The stack's naming, for parts that stand beside it.
    Naming naming() {
        return naming;
    }

    EmbeddingRecipe embedding() {
        return embedding;
    }

    HeadRecipe head() {
        return head;
    }
}
