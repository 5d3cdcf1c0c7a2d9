package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.TowerNamings;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/// LLaVA and Mistral's models that see: a tower, two linear maps, and an ordinary text model.
final class LlavaFamilies {
    static final Map<String, Family> ALL = Map.of(
            "llava",
            LlavaFamilies::llava,
            "mistral3",
            config -> mistral3(config, "mistral"),
            "ministral3",
            LlavaFamilies::ministral3,
            "pixtral",
            LlavaFamilies::pixtral);

    /// CLIP L/14 at 336 pixels, which LLaVA sees with where its config says nothing.
    private static final Map<String, Long> CLIP_LARGE = Map.of(
            "hidden_size", 1024L,
            "intermediate_size", 4096L,
            "num_hidden_layers", 24L,
            "num_attention_heads", 16L,
            "image_size", 336L,
            "patch_size", 14L);
    private static final Map<String, Long> PIXTRAL = Map.of(
            "hidden_size", 1024L,
            "intermediate_size", 4096L,
            "num_hidden_layers", 24L,
            "num_attention_heads", 16L,
            "patch_size", 16L);

    private LlavaFamilies() {}

    /// A tower, two maps with biases and GELU between, a text. Source: Liu et al. 2023 (LLaVA 1.5), section 3.2.
    private static Transformer llava(Config config) {
        Decoder text = Multimodal.text(config, "llama");
        Config said = config.nestedOrEmpty("vision_config");
        Tower tower = tower(config, said);
        Config vision = said.withDefaults(tower.sizes());
        StackBuilder projector = projector(Keys.hidden(vision)).stream(
                "projector",
                (block, stream) -> maps(block, stream, config, text.hidden(), biased(config, Presence.PRESENT)));
        return Multimodal.describe(config, text, List.of(tower.part().apply(vision), projector.build()));
    }

    /// A tower that LLaVA sees with: the sizes of its class where a config leaves them out, and what it is made of.
    private record Tower(Map<String, Long> sizes, Function<Config, Part> part) {}

    private static Tower tower(Config config, Config vision) {
        String type = vision.text("model_type").orElse("clip_vision_model");
        return switch (type) {
            case "clip_vision_model" ->
                new Tower(
                        config.has("vision_config") ? ContrastiveFamilies.CLIP_VISION : CLIP_LARGE,
                        VisionFamilies::clip);
            case "siglip_vision_model" -> new Tower(ContrastiveFamilies.SIGLIP_VISION, VisionFamilies::siglip);
            case "pixtral" -> new Tower(PIXTRAL, LlavaFamilies::pixtralTower);
            default ->
                throw vision.unsupported("model_type", type, "clip_vision_model, siglip_vision_model or pixtral");
        };
    }

    /// Mistral's outer type is the text's where there is no tower.
    private static Transformer ministral3(Config config) {
        return config.has("text_config")
                ? mistral3(config, "ministral3")
                : LlamaFamilies.ministral3(config).transformer();
    }

    /// Pixtral's tower, a norm, neighbourhoods of patches merged to one, two maps without biases.
    private static Transformer mistral3(Config config, String familyDefault) {
        Decoder text = Multimodal.text(config, familyDefault);
        if (config.isNull("vision_config")) {
            return Multimodal.describe(config, text, List.of());
        }
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(PIXTRAL);
        long side = config.sizeOr(2, "spatial_merge_size");
        StackBuilder projector = projector(Keys.hidden(vision)).stream("projector", (block, stream) -> {
            Shape width = stream.shape().trailing(1);
            Shape square = width.then(Shape.of(Axis.PATCH_HEIGHT, side, Axis.PATCH_WIDTH, side));
            Value normalized = block.normalize("projector.normalization", stream, text.norm(), 1);
            Value merged = Multimodal.merge(block, normalized, side, square);
            Value narrow = block.linear("projector.merger", Role.PROJECTOR, merged, square, width, Presence.ABSENT);
            return maps(block, narrow, config, text.hidden(), biased(config, Presence.ABSENT));
        });
        return Multimodal.describe(config, text, List.of(pixtralTower(vision), projector.build()));
    }

    /// The tower alone. Its images have any size up to one; where the config says which, that one is taken.
    private static Transformer pixtral(Config config) {
        Config vision = config.withDefaults(PIXTRAL);
        StackBuilder stack = pixtralStack(vision);
        if (config.has("image_size")) {
            stack.always(
                    Axis.PATCHES, VisionTower.patches(vision, config.size("image_size"), vision.size("patch_size")));
        }
        Part tower = stack.build();
        return new Transformer(Keys.architecture(config), List.of(tower), OptionalLong.empty());
    }

    /// Patches without bias, a norm, layers of Llama's making that see every patch; no class token and no norm behind.
    /// Source: Agrawal et al. 2024 (Pixtral 12B), section 2.2.
    private static StackBuilder pixtralStack(Config vision) {
        long hidden = Keys.hidden(vision);
        long queryHeads = Keys.queryHeads(vision);
        Heads heads = new Heads(queryHeads, queryHeads, Keys.evenHeadSize(vision, queryHeads));
        NormRecipe norm = NormRecipe.rootMeanSquare(1e-5);
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                norm,
                Multimodal.rotated(heads, Rotary.Pairing.HALVES, vision.realOr(10_000, "rope_theta")),
                new GatedFeedForward(
                        vision.size("intermediate_size"),
                        Keys.activation(vision, ActivationFunction.GELU),
                        Presence.ABSENT));
        Shape patch = VisionTower.patch(vision, vision.size("patch_size"));
        return VisionTower.convolved(hidden, TowerNamings.PIXTRAL, patch, Presence.ABSENT)
                .normBefore(norm)
                .layers(Collections.nCopies(Keys.layers(vision), layer));
    }

    private static Part pixtralTower(Config vision) {
        return pixtralStack(vision).build();
    }

    private static StackBuilder projector(long visionWidth) {
        return new StackBuilder("projector", Part.Kind.PROJECTOR, Axis.PATCHES, visionWidth, TowerNamings.PROJECTOR);
    }

    /// To the text's width, a function, and once more.
    private static Value maps(BlockBuilder block, Value patches, Config config, long hidden, Presence bias) {
        Shape narrow = patches.shape().trailing(1);
        Shape wide = Shape.of(Axis.HIDDEN, hidden);
        long seen = config.isList("vision_feature_layer")
                ? config.list("vision_feature_layer").size()
                : 1;
        if (seen != 1) {
            throw config.unsupported("vision_feature_layer", "a list of " + seen, "one layer of the tower");
        }
        Value first = block.linear("projector.first", Role.PROJECTOR, patches, narrow, wide, bias);
        Value activated = block.activate(
                "projector.activation",
                Role.PROJECTOR,
                first,
                Keys.activation(config, ActivationFunction.GELU, "projector_hidden_act"));
        return block.linear("projector.second", Role.PROJECTOR, activated, wide, wide, bias);
    }

    private static Presence biased(Config config, Presence familyDefault) {
        return config.truth("multimodal_projector_bias").map(Keys::presence).orElse(familyDefault);
    }
}
