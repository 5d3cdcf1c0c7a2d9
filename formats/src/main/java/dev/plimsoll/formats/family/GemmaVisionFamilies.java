package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.MultimodalNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.TowerNamings;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Gemma 3 and 4 with their vision towers.
final class GemmaVisionFamilies {
    static final Map<String, Family> ALL =
            Map.of("gemma3", GemmaVisionFamilies::gemma3, "gemma4", GemmaVisionFamilies::gemma4);

    private static final Map<String, Long> GEMMA4_VISION = Map.of(
            "hidden_size", 768L,
            "intermediate_size", 3072L,
            "num_hidden_layers", 16L,
            "num_attention_heads", 12L,
            "num_key_value_heads", 12L,
            "head_dim", 64L,
            "patch_size", 16L,
            "position_embedding_size", 10_240L);

    private GemmaVisionFamilies() {}

    /// SigLIP's tower; patches averaged to a fixed number of tokens, normalised and mapped to the text's width. Source:
    /// Gemma 3 technical report, section 2.1.
    private static Transformer gemma3(Config config) {
        Decoder text = GemmaFamilies.gemma3Text(Multimodal.nestedText(config));
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(ContrastiveFamilies.SIGLIP_VISION);
        long neighbours = neighbours(config, vision);
        NormRecipe norm = NormRecipe.rootMeanSquare(vision.realOr(1e-6, "layer_norm_eps"))
                .with(NormRecipe.Affine.GAIN_BESIDE_ONE);
        Part projector = projector(Keys.hidden(vision), TowerNamings.PROJECTOR).stream("projector", (block, stream) -> {
                    Value pooled = average(block, stream, neighbours);
                    Value normalized = block.normalize("projector.normalization", pooled, norm, 1);
                    return toText(block, normalized, text.hidden());
                })
                .build();
        return Multimodal.describe(config, text, List.of(VisionFamilies.siglip(vision), projector));
    }

    /// Patches averaged to one token, a square.
    private static long neighbours(Config config, Config vision) {
        long side = vision.size("image_size") / vision.size("patch_size");
        long tokens = config.sizeOr(256, "mm_tokens_per_image");
        long tokenSide = (long) Math.sqrt((double) tokens);
        if (tokenSide * tokenSide != tokens || tokenSide > side) {
            throw config.invalid(
                    "mm_tokens_per_image",
                    Long.toString(tokens),
                    "a square of at most " + side + " x " + side + ", the patches of an image");
        }
        return side / tokenSide * (side / tokenSide);
    }

    /// A tower whose layers are Gemma 4's, patches averaged and standardised, and a map to the text's width.
    private static Transformer gemma4(Config config) {
        if (config.has("audio_config")) {
            throw config.unsupported("audio_config", "an object", "null or absent: the audio tower is not described");
        }
        Decoder text = Gemma4Families.gemma4Text(Multimodal.nestedText(config));
        if (!config.has("vision_config")) {
            return Multimodal.describe(config, text, List.of());
        }
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(GEMMA4_VISION);
        NormRecipe plain = Keys.rootMeanSquare(vision).with(NormRecipe.Affine.NONE);
        Part projector = projector(Keys.hidden(vision), MultimodalNamings.GEMMA4_VISION).stream(
                        "projector",
                        (block, stream) -> toText(
                                block, block.normalize("projector.normalization", stream, plain, 1), text.hidden()))
                .build();
        return Multimodal.describe(config, text, List.of(gemma4Tower(vision), projector));
    }

    private static Part gemma4Tower(Config vision) {
        long hidden = Keys.hidden(vision);
        NormRecipe norm = Keys.rootMeanSquare(vision);
        SelfAttention attention = Multimodal.rotated(gemma4Heads(vision), Rotary.Pairing.HALVES, base(vision))
                .withHeadNorm(new HeadNorm.EachHeadAndValue(norm));
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_AROUND,
                norm,
                // The scores are not scaled: the norms of queries and keys do it.
                attention.withScores(attention.scores().withScale(1)),
                new GatedFeedForward(
                        vision.size("intermediate_size"),
                        Keys.activation(vision, ActivationFunction.GELU_TANH, "hidden_activation"),
                        Presence.ABSENT));
        long side = vision.size("patch_size");
        Shape patch = Shape.of(Axis.PATCH_HEIGHT, side, Axis.PATCH_WIDTH, side).then(Shape.of(Axis.CHANNELS, 3));
        StackBuilder stack = VisionTower.flattened(hidden, MultimodalNamings.GEMMA4_VISION, patch)
                .step((block, stream) -> positions(block, stream, vision.size("position_embedding_size")))
                .layers(Collections.nCopies(Keys.layers(vision), layer));
        long pooled = vision.sizeOr(3, "pooling_kernel_size");
        return stack.stream("pooling", (block, stream) -> {
                    Value average = average(block, stream, Math.multiplyExact(pooled, pooled));
                    Value scaled = block.scale(
                            "projector.scaled", Role.PROJECTOR, average, new ScaleFactor.Constant(Math.sqrt((double)
                                    hidden)));
                    return vision.isTrue("standardize") ? standardize(block, scaled) : scaled;
                })
                .build();
    }

    private static Heads gemma4Heads(Config vision) {
        return Keys.heads(vision, vision.size("num_key_value_heads"), vision.size("head_dim"));
    }

    private static double base(Config vision) {
        return vision.nested("rope_parameters")
                .map(rope -> rope.realOr(100, "rope_theta"))
                .orElse(100.0);
    }

    /// The sum of a row for the place across and one for the place down, from one table of both.
    private static Value positions(BlockBuilder block, Value stream, long rows) {
        Shape columns = stream.shape().trailing(1);
        Parameter table = block.parameter(
                "embedding.positions.weight",
                Parameter.Kind.TABLE,
                Shape.of(Axis.TOKEN_TYPES, 2),
                Shape.of(Axis.POSITIONS, rows),
                columns);
        Value sum = stream;
        for (String direction : List.of("across", "down")) {
            Value numbers = block.input(Value.index("positions." + direction, block.tokens()));
            String name = "embedding.positions_" + direction;
            Value found = block.append(new Operator.Embedding(
                    name, Role.EMBEDDING, numbers, table, Value.activation(name, stream.shape())));
            sum = block.add("embedding.with_positions_" + direction, Role.EMBEDDING, sum, found);
        }
        return sum;
    }

    /// `(x - mean) · scale`, both measured once: `2h` numbers that the files hold and no gradient changes.
    private static Value standardize(BlockBuilder block, Value input) {
        Shape width = input.shape().trailing(1);
        Value row = block.input(Value.index("standardization.row", Shape.open()));
        Parameter mean = block.parameter(
                "standardization.mean",
                Parameter.Kind.BIAS,
                Shape.of(Axis.POSITIONS, 1).then(width));
        Parameter scale = block.parameter("standardization.scale", Parameter.Kind.GAIN, width);
        Value found = block.append(new Operator.Embedding(
                "standardization.mean", Role.PROJECTOR, row, mean, Value.activation("standardization.mean", width)));
        Value negative = block.scale("standardization.negative", Role.PROJECTOR, found, new ScaleFactor.Constant(-1));
        Value centred = block.add("standardization.centred", Role.PROJECTOR, input, negative);
        return block.scale(
                "standardization.scaled",
                Role.PROJECTOR,
                centred,
                new ScaleFactor.Learned(scale, ActivationFunction.IDENTITY));
    }

    private static Value average(BlockBuilder block, Value patches, long neighbours) {
        Shape pooled =
                Shape.open(Axis.BATCH, Axis.MERGED_PATCHES).then(patches.shape().trailing(1));
        return block.append(new Operator.TokenPooling(
                "projector.pooled",
                Role.PROJECTOR,
                patches,
                new Pooling.Average(neighbours),
                Value.activation("projector.pooled", pooled)));
    }

    private static Value toText(BlockBuilder block, Value patches, long hidden) {
        Shape width = patches.shape().trailing(1);
        return block.linear(
                "projector", Role.PROJECTOR, patches, width, Shape.of(Axis.HIDDEN, hidden), Presence.ABSENT);
    }

    private static StackBuilder projector(long visionWidth, Naming naming) {
        return new StackBuilder("projector", Part.Kind.PROJECTOR, Axis.PATCHES, visionWidth, naming);
    }
}
