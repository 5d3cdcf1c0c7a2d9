package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.EncoderNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// BERT and the encoders of text that are BERT plus a difference.
final class EncoderFamilies {
    /// The epsilon of BERT's normalisations where the config has none.
    static final double EPSILON = 1e-12;

    private static final Family BERT = config -> bert(config, EncoderNamings.BERT, maxPositions(config));
    // The first two rows of RoBERTa's position table are padding's and are never reached.
    private static final Family ROBERTA =
            config -> bert(config, EncoderNamings.ROBERTA, Math.max(1, maxPositions(config) - 2));

    static final Map<String, Family> ALL = Map.of(
            "bert", BERT,
            "roberta", ROBERTA,
            "xlm-roberta", ROBERTA,
            "camembert", ROBERTA,
            "distilbert", EncoderFamilies::distilbert,
            "albert", EncoderFamilies::albert);

    private EncoderFamilies() {}

    /// Tokens, positions and types added and normalised; layers normalised after each sum; a pooler.
    private static Transformer bert(Config config, Naming naming, long maxPositions) {
        requireAbsolutePositions(config);
        long hidden = Keys.hidden(config);
        NormRecipe norm = norm(config);
        LayerRecipe layer = layer(config, norm, config.size("intermediate_size"), ActivationFunction.GELU);
        Part encoder = new StackBuilder("encoder", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, hidden, naming)
                .embedding(embedding(config, hidden, norm))
                .layers(Collections.nCopies(Keys.layers(config), layer), 0)
                .build();
        return new Transformer(
                Keys.architecture(config),
                List.of(encoder, pooler(hidden, Axis.SEQUENCE, naming)),
                OptionalLong.of(maxPositions));
    }

    /// BERT without types and pooler.
    private static Transformer distilbert(Config config) {
        long hidden = Keys.hidden(config);
        NormRecipe norm = NormRecipe.layer(EPSILON);
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(Keys.vocabulary(config), hidden)
                .withPositions(maxPositions(config))
                .withNorm(norm);
        ActivationFunction function = Keys.activation(config, ActivationFunction.GELU, "activation");
        LayerRecipe layer = layer(config, norm, config.size("hidden_dim"), function);
        Part encoder = new StackBuilder(
                        "encoder", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, hidden, EncoderNamings.DISTILBERT)
                .embedding(embedding)
                .layers(Collections.nCopies(Keys.layers(config), layer), 0)
                .build();
        return new Transformer(Keys.architecture(config), List.of(encoder), OptionalLong.of(maxPositions(config)));
    }

    /// BERT with narrow tables and one layer that runs as often as there are layers.
    private static Transformer albert(Config config) {
        requireAbsolutePositions(config);
        requireOne(config, "num_hidden_groups");
        requireOne(config, "inner_group_num");
        long hidden = Keys.hidden(config);
        long width = config.sizeOr(128, "embedding_size");
        NormRecipe norm = norm(config);
        LayerRecipe layer = layer(config, norm, config.size("intermediate_size"), ActivationFunction.GELU_TANH);
        StackBuilder stack =
                new StackBuilder("encoder", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, hidden, EncoderNamings.ALBERT);
        BlockBuilder block = stack.block("embedding");
        Value narrow = embedding(config, width, norm).append(block);
        Value wide = block.linear(
                "embedding.map",
                Role.EMBEDDING,
                narrow,
                Shape.of(Axis.HIDDEN, width),
                Shape.of(Axis.HIDDEN, hidden),
                Presence.PRESENT);
        Part encoder = stack.add(block.build(wide))
                .layers(Collections.nCopies(Keys.layers(config), layer), 0, Parameter.Sharing.WHOLE_MODEL)
                .build();
        return new Transformer(
                Keys.architecture(config),
                List.of(encoder, pooler(hidden, Axis.SEQUENCE, EncoderNamings.ALBERT)),
                OptionalLong.of(maxPositions(config)));
    }

    /// Tokens, learned positions and, where the config has them, types, normalised together.
    static EmbeddingRecipe embedding(Config config, long width, NormRecipe norm) {
        EmbeddingRecipe recipe = EmbeddingRecipe.plain(Keys.vocabulary(config), width)
                .withPositions(maxPositions(config))
                .withNorm(norm);
        long types = config.countOr(2, "type_vocab_size");
        return types == 0 ? recipe : recipe.withTokenTypes(types);
    }

    static NormRecipe norm(Config config) {
        return NormRecipe.layer(config.realOr(EPSILON, "layer_norm_eps"));
    }

    /// The first token's vector through a linear map and tanh, `h·h + h`. Source: Devlin et al. 2018, section 3.2.
    static Part pooler(long hidden, Axis tokens, Naming naming) {
        Shape width = Shape.of(Axis.HIDDEN, hidden);
        return new StackBuilder("pooler", Part.Kind.POOLER, tokens, hidden, naming)
                .stream("pooler", (block, stream) -> {
                            Value first = block.append(new Operator.TokenPooling(
                                    "pooler.first",
                                    Role.POOLER,
                                    stream,
                                    new Pooling.One(),
                                    Value.activation(
                                            "pooler.first",
                                            Shape.open(Axis.BATCH).then(width))));
                            Value mapped = block.linear("pooler", Role.POOLER, first, width, width, Presence.PRESENT);
                            return block.activate("pooler.activation", Role.POOLER, mapped, ActivationFunction.TANH);
                        })
                        .build();
    }

    private static LayerRecipe layer(Config config, NormRecipe norm, long width, ActivationFunction function) {
        Heads heads = new Heads(
                Keys.queryHeads(config), Keys.queryHeads(config), Keys.evenHeadSize(config, Keys.queryHeads(config)));
        Sublayer attention = SelfAttention.encoder(heads).withBiased(Projection.values());
        Sublayer feedForward = new PlainFeedForward(width, Keys.activation(config, function), Presence.PRESENT);
        return new LayerRecipe(LayerRecipe.Wiring.NORM_AFTER_SUM, norm, attention, feedForward);
    }

    private static long maxPositions(Config config) {
        return config.sizeOr(512, "max_position_embeddings");
    }

    private static void requireAbsolutePositions(Config config) {
        String type = config.text("position_embedding_type").orElse("absolute");
        if (!type.equals("absolute")) {
            throw config.unsupported("position_embedding_type", type, "absolute");
        }
    }

    private static void requireOne(Config config, String key) {
        long found = config.sizeOr(1, key);
        if (found != 1) {
            throw config.unsupported(key, Long.toString(found), "1, one layer for the whole model");
        }
    }
}
