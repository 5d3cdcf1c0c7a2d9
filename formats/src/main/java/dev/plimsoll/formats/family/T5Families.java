package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.EncoderDecoderNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.CrossAttention;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// T5 and its kin: an encoder and a decoder without biases, whose positions are scores by distance.
final class T5Families {
    static final Map<String, Family> ALL = Map.of(
            "t5", config -> new T5Families(config, HeadRecipe.Weights.TIED, Parameter.Sharing.WHOLE_MODEL).describe(),
            "mt5", config -> new T5Families(config, HeadRecipe.Weights.OWN, Parameter.Sharing.WHOLE_MODEL).describe(),
            "umt5", config -> new T5Families(config, HeadRecipe.Weights.OWN, Parameter.Sharing.EACH_LAYER).describe());

    private final Config config;
    private final HeadRecipe.Weights headWeights;
    private final Parameter.Sharing positionTable;
    private final long hidden;
    private final NormRecipe norm;
    private final Heads heads;
    private final EmbeddingRecipe embedding;

    /// @param familyDefault whether the head is the token table where the config does not say
    /// @param positionTable whether a stack has one table of scores by distance, or each layer
    private T5Families(Config config, HeadRecipe.Weights familyDefault, Parameter.Sharing positionTable) {
        this.config = config;
        this.headWeights = Keys.headWeights(config, familyDefault);
        this.positionTable = positionTable;
        this.hidden = Keys.hidden(config);
        this.norm = NormRecipe.rootMeanSquare(config.realOr(1e-6, "layer_norm_epsilon"));
        long queryHeads = Keys.queryHeads(config);
        this.heads = new Heads(queryHeads, queryHeads, config.sizeOr(64, "d_kv"));
        this.embedding = EmbeddingRecipe.plain(Keys.vocabulary(config), hidden);
    }

    private Transformer describe() {
        boolean encoderOnly = config.texts("architectures").stream().anyMatch(name -> name.endsWith("EncoderModel"));
        List<Part> parts = encoderOnly ? List.of(encoder()) : List.of(encoder(), decoder());
        return new Transformer(Keys.architecture(config), parts, Keys.maxPositions(config));
    }

    private Part encoder() {
        SelfAttention attention =
                SelfAttention.encoder(heads).withScores(scores("encoder", EncoderDecoderNamings.T5_ENCODER));
        LayerRecipe layer = new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm, attention, feedForward());
        return new StackBuilder(
                        "encoder", Part.Kind.TEXT_ENCODER, Axis.SOURCE, hidden, EncoderDecoderNamings.T5_ENCODER)
                .embedding(embedding)
                .layers(Collections.nCopies(Keys.layers(config), layer), 0)
                .finalNorm(norm)
                .build();
    }

    private Part decoder() {
        SelfAttention attention =
                SelfAttention.causal(heads).withScores(scores("decoder", EncoderDecoderNamings.T5_DECODER));
        CrossAttention cross = new CrossAttention(
                heads, Axis.SOURCE, hidden, Set.of(), new SelfAttention.HeadNorm.None(), AttentionScores.scaled(1));
        LayerRecipe layer = new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm, attention, cross, feedForward());
        int layers = config.has("num_decoder_layers") ? Keys.layers(config, "num_decoder_layers") : Keys.layers(config);
        StackBuilder stack = new StackBuilder(
                        "decoder", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, EncoderDecoderNamings.T5_DECODER)
                .embedding(embedding)
                .layers(Collections.nCopies(layers, layer), 0)
                .finalNorm(norm);
        if (headWeights == HeadRecipe.Weights.TIED) {
            // A tied table's rows are too long for logits. Source: Raffel et al. 2020's code, `d_model ** -0.5`.
            ScaleFactor factor = new ScaleFactor.Constant(1 / Math.sqrt((double) hidden));
            stack.stream("head scale", (block, stream) -> block.scale("head.scaled", Role.HEAD, stream, factor));
        }
        return stack.head(new HeadRecipe(headWeights, embedding.vocabulary(), Presence.ABSENT), embedding)
                .build();
    }

    /// Unscaled products plus a trained score for each bucket of distances and head. Source: Raffel et al. 2020,
    /// section 2.1.
    private AttentionScores scores(String stack, Naming naming) {
        String table = switch (positionTable) {
            case WHOLE_MODEL -> stack + ".relative_positions.weight";
            case EACH_LAYER -> "attention.relative_positions.weight";
        };
        Parameter buckets = new Parameter(
                table,
                List.of(
                        Shape.of(Axis.BUCKETS, config.sizeOr(32, "relative_attention_num_buckets")),
                        Shape.of(Axis.QUERY_HEADS, heads.queryHeads())),
                Parameter.Kind.TABLE,
                positionTable,
                naming.of(table));
        return new AttentionScores(1, OptionalDouble.empty(), new PositionBias.Buckets(buckets), Optional.empty());
    }

    private Sublayer feedForward() {
        long width = config.size("d_ff");
        String kind = config.text("feed_forward_proj").orElse("relu");
        return switch (kind) {
            case "relu" -> new PlainFeedForward(width, ActivationFunction.RELU, Presence.ABSENT);
            case "gelu" -> new PlainFeedForward(width, ActivationFunction.GELU, Presence.ABSENT);
            // The class reads gated-gelu as the tanh approximation.
            case "gated-gelu" -> new GatedFeedForward(width, ActivationFunction.GELU_TANH, Presence.ABSENT);
            case "gated-silu" -> new GatedFeedForward(width, ActivationFunction.SILU, Presence.ABSENT);
            default -> throw config.unsupported("feed_forward_proj", kind, "relu, gelu, gated-gelu or gated-silu");
        };
    }
}
