package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.EncoderNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.DisentangledAttention;
import dev.plimsoll.model.architecture.DisentangledAttention.PositionProjections;
import dev.plimsoll.model.architecture.DisentangledAttention.Term;
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
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// DeBERTa: BERT's layers with relative positions in the attention, and no pooler in the backbone.
final class DebertaFamilies {
    static final Map<String, Family> ALL = Map.of(
            "deberta", DebertaFamilies::first,
            "deberta-v2", DebertaFamilies::second);

    private DebertaFamilies() {}

    private static Transformer first(Config config) {
        if (config.isTrue("talking_head")) {
            throw config.unsupported("talking_head", "true", "false or absent");
        }
        Sublayer attention = relative(config)
                ? disentangled(
                        config,
                        Set.of(Projection.QUERY, Projection.VALUE, Projection.OUTPUT),
                        2 * furthest(config),
                        Optional.empty(),
                        PositionProjections.OWN_KEY_UNBIASED)
                : SelfAttention.encoder(heads(config))
                        .withBiased(Projection.QUERY, Projection.VALUE, Projection.OUTPUT);
        return describe(config, attention, EncoderNamings.DEBERTA);
    }

    /// With buckets of distances, normalised, and projected as content is or by maps of their own; v2-xlarge adds a
    /// convolution beside the first layer. DeBERTa v3 is this too.
    private static Transformer second(Config config) {
        long buckets = config.has("position_buckets") && !isMinusOne(config, "position_buckets")
                ? config.size("position_buckets")
                : furthest(config);
        boolean normalized = config.text("norm_rel_ebd").orElse("none").contains("layer_norm");
        Sublayer attention = relative(config)
                ? disentangled(
                        config,
                        Set.of(Projection.values()),
                        2 * buckets,
                        normalized ? Optional.of(norm(config)) : Optional.empty(),
                        config.isTrue("share_att_key") ? PositionProjections.OF_CONTENT : PositionProjections.OWN)
                : SelfAttention.encoder(heads(config)).withBiased(Projection.values());
        return describe(config, attention, EncoderNamings.DEBERTA_V2);
    }

    private static Transformer describe(Config config, Sublayer attention, Naming naming) {
        long hidden = Keys.hidden(config);
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_AFTER_SUM,
                norm(config),
                attention,
                new PlainFeedForward(
                        config.size("intermediate_size"),
                        Keys.activation(config, ActivationFunction.GELU),
                        Presence.PRESENT));
        StackBuilder stack = new StackBuilder("encoder", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, hidden, naming);
        embed(stack, config, hidden);
        List<LayerRecipe> layers = new ArrayList<>(Collections.nCopies(Keys.layers(config), layer));
        long kernel = config.countOr(0, "conv_kernel_size");
        if (kernel > 0) {
            convolve(stack, config, layers.removeFirst());
            stack.layers(layers, 1);
        } else {
            stack.layers(layers, 0);
        }
        return new Transformer(
                Keys.architecture(config), List.of(stack.build()), OptionalLong.of(maxPositions(config)));
    }

    /// Tokens, positions and types as the config has them, mapped to the stream's width and normalised there.
    private static void embed(StackBuilder stack, Config config, long hidden) {
        long width = config.sizeOr(hidden, "embedding_size");
        EmbeddingRecipe recipe = EmbeddingRecipe.plain(Keys.vocabulary(config), width);
        if (!config.isFalse("position_biased_input")) {
            recipe = recipe.withPositions(maxPositions(config));
        }
        long types = config.countOr(0, "type_vocab_size");
        if (types > 0) {
            recipe = recipe.withTokenTypes(types);
        }
        BlockBuilder block = stack.block("embedding");
        Value summed = recipe.append(block);
        Shape narrow = Shape.of(Axis.HIDDEN, width);
        Shape wide = Shape.of(Axis.HIDDEN, hidden);
        Value mapped = width == hidden
                ? summed
                : block.linear("embedding.map", Role.EMBEDDING, summed, narrow, wide, Presence.ABSENT);
        stack.add(block.build(block.normalize("embedding.normalization", mapped, norm(config), 1)));
    }

    /// `norm(layer(x) + f(convolution(x)))`: `h·h·c + h` and the normalisation's `2h`. Source: the reference
    /// implementation's `ConvLayer`.
    private static void convolve(StackBuilder stack, Config config, LayerRecipe layer) {
        int width = config.smallSizeOr(3, "conv_kernel_size");
        long groups = config.sizeOr(1, "conv_groups");
        if (groups != 1) {
            throw config.unsupported("conv_groups", Long.toString(groups), "1");
        }
        ActivationFunction function = Keys.activation(config, ActivationFunction.TANH, "conv_act");
        stack.stream("layer (disentangled attention, feed-forward) beside a convolution", (block, stream) -> {
            Value output = layer.append(block, stream);
            Shape hidden = stream.shape().trailing(1);
            Parameter kernel = block.parameter(
                    "convolution.weight", Parameter.Kind.KERNEL, hidden, hidden, Shape.of(Axis.KERNEL, width));
            Value convolved = block.append(new Operator.Convolution(
                    "convolution",
                    Role.FEED_FORWARD,
                    stream,
                    new ConvolutionKind.Dense(width, 1),
                    kernel,
                    block.bias("convolution", Presence.PRESENT, hidden),
                    Value.activation("convolution", stream.shape())));
            Value activated = block.activate("convolution.activation", Role.FEED_FORWARD, convolved, function);
            Value sum = block.add("convolution.residual", Role.RESIDUAL, output, activated);
            return block.normalize("convolution.normalization", sum, norm(config), 1);
        });
    }

    private static Sublayer disentangled(
            Config config,
            Set<Projection> biased,
            long buckets,
            Optional<NormRecipe> tableNorm,
            PositionProjections positions) {
        return new DisentangledAttention(heads(config), biased, buckets, tableNorm, terms(config), positions);
    }

    private static Heads heads(Config config) {
        long heads = Keys.queryHeads(config);
        return new Heads(heads, heads, Keys.evenHeadSize(config, heads));
    }

    /// `pos_att_type`, a list or a text with bars between.
    private static Set<Term> terms(Config config) {
        List<String> names = config.isList("pos_att_type")
                ? config.texts("pos_att_type")
                : List.of(config.text("pos_att_type").orElse("").split("\\|", -1));
        EnumSet<Term> terms = EnumSet.noneOf(Term.class);
        for (String name : names) {
            switch (name.strip()) {
                case "c2p" -> terms.add(Term.CONTENT_TO_POSITION);
                case "p2c" -> terms.add(Term.POSITION_TO_CONTENT);
                case "" -> {}
                default -> throw config.unsupported("pos_att_type", name, "c2p and p2c");
            }
        }
        return terms;
    }

    private static boolean relative(Config config) {
        return config.isTrue("relative_attention");
    }

    /// The furthest distance that is told apart; -1 or absent means the longest sequence.
    private static long furthest(Config config) {
        return isMinusOne(config, "max_relative_positions")
                ? maxPositions(config)
                : config.sizeOr(maxPositions(config), "max_relative_positions");
    }

    private static boolean isMinusOne(Config config, String key) {
        return config.optionalReal(key).orElse(0) == -1;
    }

    private static NormRecipe norm(Config config) {
        return NormRecipe.layer(config.realOr(1e-7, "layer_norm_eps"));
    }

    private static long maxPositions(Config config) {
        return config.sizeOr(512, "max_position_embeddings");
    }
}
