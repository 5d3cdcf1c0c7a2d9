package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.MultimodalNamings;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
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

/// Llama 4 with its vision tower, and Llama 3.2.
final class LlamaVisionFamilies {
    static final Map<String, Family> ALL =
            Map.of("llama4", LlamaVisionFamilies::llama4, "mllama", MllamaFamily::describe);

    private static final Map<String, Long> LLAMA4_TEXT = Map.of(
            "vocab_size", 202_048L,
            "hidden_size", 5120L,
            "intermediate_size", 8192L,
            "intermediate_size_mlp", 16_384L,
            "num_hidden_layers", 48L,
            "num_attention_heads", 40L,
            "head_dim", 128L,
            "num_experts_per_tok", 1L,
            "num_local_experts", 16L);
    private static final Map<String, Long> LLAMA4_VISION = Map.of(
            "hidden_size", 768L,
            "intermediate_size", 5632L,
            "num_hidden_layers", 34L,
            "num_attention_heads", 16L,
            "image_size", 448L,
            "patch_size", 14L);

    private LlamaVisionFamilies() {}

    /// A tower with rotary layers, an adapter that merges neighbours, and a map to the text's width. Source: the
    /// reference implementation's `Llama4VisionModel`.
    private static Transformer llama4(Config config) {
        Decoder text = ChunkedExpertFamilies.llama4Text(Multimodal.nestedText(config, LLAMA4_TEXT));
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(LLAMA4_VISION);
        return Multimodal.describe(config, text, List.of(tower(vision), projector(vision, text.hidden())));
    }

    private static Part tower(Config vision) {
        long hidden = Keys.hidden(vision);
        long side = vision.size("patch_size");
        long queryHeads = Keys.queryHeads(vision);
        Heads heads = new Heads(queryHeads, queryHeads, Keys.evenHeadSize(vision, queryHeads));
        NormRecipe norm = NormRecipe.layer(vision.realOr(1e-5, "norm_eps"));
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                norm,
                Multimodal.rotated(heads, Rotary.Pairing.NEIGHBOURS, vision.realOr(10_000, "rope_theta"))
                        .withBiased(Projection.values()),
                new PlainFeedForward(
                        vision.size("intermediate_size"),
                        Keys.activation(vision, ActivationFunction.GELU),
                        Presence.PRESENT));
        return VisionTower.flattened(hidden, MultimodalNamings.LLAMA4, VisionTower.patch(vision, side))
                .lastToken(VisionTower.row(hidden))
                .positions(VisionTower.patches(vision, vision.size("image_size"), side) + 1)
                .normBefore(NormRecipe.layer(1e-5))
                .layers(Collections.nCopies(Keys.layers(vision), layer))
                .finalNorm(NormRecipe.layer(1e-5))
                .build();
    }

    /// With `m` neighbours merged and `w` the adapter's width: `m·h·w + w·w` and the map's `w·H`, none with a bias. The
    /// class token goes no further than the tower.
    private static Part projector(Config vision, long textWidth) {
        long hidden = Keys.hidden(vision);
        long side = neighbours(vision);
        long width = vision.sizeOr(4096, "projector_output_dim");
        long inner = vision.sizeOr(4096, "projector_input_dim");
        if (inner != width) {
            throw vision.invalid(
                    "projector_input_dim", Long.toString(inner), "the projector_output_dim, which is " + width);
        }
        Shape square = Shape.of(Axis.PATCH_HEIGHT, side, Axis.PATCH_WIDTH, side).then(Shape.of(Axis.HIDDEN, hidden));
        Shape adapted = Shape.of(Axis.LATENT, width);
        return new StackBuilder("projector", Part.Kind.PROJECTOR, Axis.PATCHES, hidden, MultimodalNamings.LLAMA4)
                .stream("adapter and projector", (block, stream) -> {
                            Value merged = Multimodal.merge(block, stream, side, square);
                            Value first = block.linear(
                                    "adapter.first", Role.PROJECTOR, merged, square, adapted, Presence.ABSENT);
                            first = block.activate(
                                    "adapter.first_activation", Role.PROJECTOR, first, ActivationFunction.GELU);
                            Value second = block.linear(
                                    "adapter.second", Role.PROJECTOR, first, adapted, adapted, Presence.ABSENT);
                            second = block.activate(
                                    "adapter.second_activation", Role.PROJECTOR, second, ActivationFunction.GELU);
                            Shape wide = Shape.of(Axis.HIDDEN, textWidth);
                            return block.linear("projector", Role.PROJECTOR, second, adapted, wide, Presence.ABSENT);
                        })
                        .build();
    }

    /// Patches merged along each side: the inverse of `pixel_shuffle_ratio`.
    private static long neighbours(Config vision) {
        double ratio = vision.realOr(0.5, "pixel_shuffle_ratio");
        long side = Math.round(1 / ratio);
        if (!(ratio > 0) || ratio > 1 || Math.abs(side * ratio - 1) > 1e-6) {
            throw vision.invalid("pixel_shuffle_ratio", Double.toString(ratio), "1, 1/2, 1/3 and so on");
        }
        return side;
    }
}
