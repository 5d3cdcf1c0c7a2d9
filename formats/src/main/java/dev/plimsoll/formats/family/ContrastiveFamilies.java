package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.TowerNamings;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.CrossAttention;
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
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/// Models that compare a text with an image: two towers whose pooled vectors meet in a scaled product.
final class ContrastiveFamilies {
    static final Map<String, Family> ALL =
            Map.of("clip", ContrastiveFamilies::clip, "siglip", ContrastiveFamilies::siglip);

    private static final Map<String, Long> CLIP_TEXT = Map.of(
            "hidden_size", 512L,
            "intermediate_size", 2048L,
            "num_hidden_layers", 12L,
            "num_attention_heads", 8L,
            "vocab_size", 49_408L,
            "max_position_embeddings", 77L);
    /// The tower's numbers where a config has none, which LLaVA falls back on too.
    static final Map<String, Long> CLIP_VISION = Map.of(
            "hidden_size", 768L,
            "intermediate_size", 3072L,
            "num_hidden_layers", 12L,
            "num_attention_heads", 12L,
            "image_size", 224L,
            "patch_size", 32L);
    private static final Map<String, Long> SIGLIP_TEXT = Map.of(
            "hidden_size", 768L,
            "intermediate_size", 3072L,
            "num_hidden_layers", 12L,
            "num_attention_heads", 12L,
            "vocab_size", 32_000L,
            "max_position_embeddings", 64L);

    /// The tower's numbers where a config has none, which Gemma 3 falls back on too.
    static final Map<String, Long> SIGLIP_VISION = Map.of(
            "hidden_size", 768L,
            "intermediate_size", 3072L,
            "num_hidden_layers", 12L,
            "num_attention_heads", 12L,
            "image_size", 224L,
            "patch_size", 16L);

    private ContrastiveFamilies() {}

    /// A causal text tower, both pooled vectors mapped to one width without bias, a trained scale. Source: Radford et
    /// al. 2021, figure 3.
    private static Transformer clip(Config config) {
        Config text = config.nestedOrEmpty("text_config").withDefaults(CLIP_TEXT);
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(CLIP_VISION);
        Shape common = Shape.of(Axis.LATENT, config.sizeOr(512, "projection_dim"));
        NormRecipe norm = NormRecipe.layer(text.realOr(1e-5, "layer_norm_eps"));
        StackBuilder tower = text(text, norm, ActivationFunction.GELU_QUICK, new AttentionMask.Causal());
        project(tower, "text_projection", common, Presence.ABSENT);
        StackBuilder projection = new StackBuilder(
                "projector", Part.Kind.PROJECTOR, Axis.PATCHES, Keys.hidden(vision), TowerNamings.CLIP_TEXT);
        project(projection, "vision_projection", common, Presence.ABSENT);
        return new Transformer(
                Keys.architecture(config),
                List.of(tower.build(), VisionFamilies.clip(vision), projection.build(), similarity(Presence.ABSENT)),
                Keys.maxPositions(text));
    }

    /// Text that sees both ways, images pooled by attention of one trained query, a trained scale and shift. Source:
    /// Zhai et al. 2023, algorithm 1, and Zhai et al. 2022 for the pooling.
    private static Transformer siglip(Config config) {
        Config text = config.nestedOrEmpty("text_config").withDefaults(SIGLIP_TEXT);
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(SIGLIP_VISION);
        NormRecipe norm = NormRecipe.layer(text.realOr(1e-6, "layer_norm_eps"));
        StackBuilder tower = text(text, norm, ActivationFunction.GELU_TANH, new AttentionMask.Everything());
        long common = text.sizeOr(Keys.hidden(text), "projection_size");
        project(tower, "text_projection", Shape.of(Axis.LATENT, common), Presence.PRESENT);
        List<Part> parts = new ArrayList<>(List.of(tower.build(), VisionFamilies.siglip(vision)));
        if (!vision.isFalse("vision_use_head")) {
            parts.add(attentionPooler(vision));
        }
        parts.add(similarity(Presence.PRESENT, Shape.of(Axis.UNIT, 1)));
        return new Transformer(Keys.architecture(config), parts, Keys.maxPositions(text));
    }

    private static StackBuilder text(
            Config text, NormRecipe norm, ActivationFunction familyDefault, AttentionMask mask) {
        long hidden = Keys.hidden(text);
        long positions = text.size("max_position_embeddings");
        List<LayerRecipe> layers = new ArrayList<>();
        for (LayerRecipe layer : VisionFamilies.layers(text, norm, familyDefault, Projection.values())) {
            SelfAttention attention = (SelfAttention) layer.sublayers().getFirst();
            layers.add(new LayerRecipe(
                    layer.wiring(),
                    layer.norm(),
                    attention.withMask(mask),
                    layer.sublayers().getLast()));
        }
        return new StackBuilder("text", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, hidden, TowerNamings.CLIP_TEXT)
                .embedding(EmbeddingRecipe.plain(Keys.vocabulary(text), hidden).withPositions(positions))
                .layers(layers, 0)
                .finalNorm(norm);
    }

    /// One token of the stream, mapped.
    private static void project(StackBuilder stack, String key, Shape outputs, Presence bias) {
        stack.stream(key.replace('_', ' '), (block, stream) -> {
            Shape width = stream.shape().trailing(1);
            Value pooled = block.append(new Operator.TokenPooling(
                    key + ".token",
                    Role.POOLER,
                    stream,
                    new Pooling.One(),
                    Value.activation(key + ".token", Shape.open(Axis.BATCH).then(width))));
            return block.linear(key, Role.PROJECTOR, pooled, width, outputs, bias);
        });
    }

    /// A trained query over all patches, then `x + f(norm(x))`.
    private static Part attentionPooler(Config vision) {
        long hidden = Keys.hidden(vision);
        Shape width = Shape.of(Axis.HIDDEN, hidden);
        long queryHeads = Keys.queryHeads(vision);
        Heads heads = new Heads(queryHeads, queryHeads, Keys.evenHeadSize(vision, queryHeads));
        CrossAttention attention = new CrossAttention(
                heads,
                Axis.PATCHES,
                hidden,
                EnumSet.allOf(Projection.class),
                new SelfAttention.HeadNorm.None(),
                AttentionScores.scaled(1 / Math.sqrt((double) heads.headSize())));
        PlainFeedForward feedForward = new PlainFeedForward(
                vision.size("intermediate_size"),
                Keys.activation(vision, ActivationFunction.GELU_TANH),
                Presence.PRESENT);
        NormRecipe norm = NormRecipe.layer(vision.realOr(1e-6, "layer_norm_eps"));
        StackBuilder stack =
                new StackBuilder("pooler", Part.Kind.POOLER, Axis.MERGED_PATCHES, hidden, TowerNamings.SIGLIP_POOLER);
        BlockBuilder block = stack.block("attention pooling");
        Shape one = Shape.of(Axis.UNIT, 1);
        Value probe = VisionTower.lookUp(block, "probe", "probe.row", one, Shape.of(Axis.POSITIONS, 1), width);
        Value pooled = attention.append(block, probe);
        Value normalized = block.normalize("feed_forward.normalization", pooled, norm, 1);
        Value output = feedForward.append(block, normalized);
        return stack.add(block.build(block.add("feed_forward.residual", Role.RESIDUAL, pooled, output)))
                .build();
    }

    /// `exp(scale) · similarity (+ shift)`: what a text's and an image's unit vectors multiply to.
    ///
    /// @param scalar the dimensions of the scale's tensor: none, or one of size 1
    private static Part similarity(Presence shift, Shape... scalar) {
        Shape unit = Shape.of(Axis.UNIT, 1);
        StackBuilder stack = new StackBuilder("similarity", Part.Kind.POOLER, Axis.SEQUENCE, 1, TowerNamings.CLIP_TEXT);
        BlockBuilder block = stack.block("similarity");
        Value products = block.input(
                Value.activation("similarity", Shape.open(Axis.BATCH).then(unit)));
        Parameter scale = block.parameter("similarity.scale.weight", Parameter.Kind.GAIN, scalar);
        Value scaled = block.scale(
                "similarity.scale",
                Role.HEAD,
                products,
                new ScaleFactor.Learned(scale, ActivationFunction.EXPONENTIAL));
        Value score = switch (shift) {
            case ABSENT -> scaled;
            case PRESENT -> block.add("similarity.shifted", Role.HEAD, scaled, shift(block, unit));
        };
        return stack.add(block.build(score)).build();
    }

    /// The one row of a table of one row.
    private static Value shift(BlockBuilder block, Shape unit) {
        Value number = block.input(Value.index("shift.row", Shape.open()));
        Parameter table = block.parameter(
                "similarity.shift.weight",
                Parameter.Kind.BIAS,
                Shape.of(Axis.POSITIONS, 1).then(unit));
        return block.append(new Operator.Embedding(
                "similarity.shift", Role.HEAD, number, table, Value.activation("similarity.shift", unit)));
    }
}
