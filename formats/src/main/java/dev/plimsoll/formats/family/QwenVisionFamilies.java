package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.MultimodalNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;

/// Qwen's models that see, from Qwen2-VL to Qwen3.5: patches of two frames, rotary layers, neighbours merged to the
/// text's width.
final class QwenVisionFamilies {
    static final Map<String, Family> ALL = Map.of(
            "qwen2_vl", family(LlamaFamilies::qwen2, QwenTextSizes.SECOND, QwenVisionFamilies::second),
            "qwen2_5_vl", family(LlamaFamilies::qwen2, QwenTextSizes.SECOND, QwenVisionFamilies::secondAndAHalf),
            "qwen3_vl", family(LlamaFamilies::qwen3, QwenTextSizes.THIRD, third(8L, 16L, 24L)),
            "qwen3_vl_moe",
                    family(QwenVisionFamilies::expertText, QwenTextSizes.THIRD_WITH_EXPERTS, third(8L, 16L, 24L)),
            "qwen3_5", family(LinearAttentionFamilies::qwen35Text, QwenTextSizes.THIRD_AND_A_HALF, third()),
            "qwen3_5_moe",
                    family(
                            LinearAttentionFamilies::qwen35MoeText,
                            QwenTextSizes.THIRD_AND_A_HALF_WITH_EXPERTS,
                            third()));

    private static final Map<String, Long> SECOND = Map.of(
            "depth", 32L,
            "embed_dim", 1280L,
            "mlp_ratio", 4L,
            "num_heads", 16L,
            "patch_size", 14L);
    private static final Map<String, Long> SECOND_AND_A_HALF = Map.of(
            "depth", 32L,
            "hidden_size", 3584L,
            "intermediate_size", 3420L,
            "num_heads", 16L,
            "patch_size", 14L,
            "window_size", 112L);
    private static final Map<String, Long> THIRD = Map.of(
            "depth", 27L,
            "hidden_size", 1152L,
            "intermediate_size", 4304L,
            "num_heads", 16L,
            "patch_size", 16L,
            "num_position_embeddings", 2304L);

    /// A tower and its mergers, given the width of the text.
    @FunctionalInterface
    private interface Towers {
        List<Part> of(Config vision, long textWidth);
    }

    private QwenVisionFamilies() {}

    /// The text's sizes stand in the model's own config or nested in it; a config without a tower is the text alone.
    private static Family family(Function<Config, Decoder> textFamily, Map<String, Long> sizes, Towers towers) {
        return config -> {
            Decoder text = textFamily.apply(Multimodal.nestedText(config, sizes));
            List<Part> parts = config.isNull("vision_config")
                    ? List.of()
                    : towers.of(config.nestedOrEmpty("vision_config"), text.hidden());
            return Multimodal.describe(config, text, parts);
        };
    }

    /// Qwen3's mixture of experts, whose published files stack the experts with the inputs first.
    private static Decoder expertText(Config config) {
        return ExpertFamilies.qwen3Moe(config).naming(MultimodalNamings::withStackedExperts);
    }

    /// LayerNorms and a plain feed-forward network of `mlp_ratio` times the width. Source: Wang et al. 2024 (Qwen2-VL),
    /// section 2.1.
    private static List<Part> second(Config said, long textWidth) {
        Config vision = said.withDefaults(SECOND);
        long hidden = vision.size("embed_dim");
        NormRecipe norm = NormRecipe.layer(1e-6);
        Sublayer feedForward = new PlainFeedForward(
                Math.multiplyExact(vision.size("mlp_ratio"), hidden),
                Keys.activation(vision, ActivationFunction.GELU_QUICK),
                Presence.PRESENT);
        List<LayerRecipe> layers = layers(vision, hidden, norm, feedForward, layer -> true);
        Part tower = tower(vision, hidden, Presence.ABSENT).layers(layers).build();
        return List.of(tower, merger(vision, hidden, norm, textWidth));
    }

    /// Root-mean-square norms, gated feed-forward networks, and all but a few layers attending within square windows.
    /// Source: Qwen2.5-VL technical report, section 2.1.1.
    private static List<Part> secondAndAHalf(Config said, long textWidth) {
        Config vision = said.withDefaults(SECOND_AND_A_HALF);
        long hidden = vision.size("hidden_size");
        NormRecipe norm = NormRecipe.rootMeanSquare(1e-6);
        Sublayer feedForward = new GatedFeedForward(
                vision.size("intermediate_size"), Keys.activation(vision, ActivationFunction.SILU), Presence.PRESENT);
        List<Long> full = vision.has("fullatt_block_indexes")
                ? vision.counts("fullatt_block_indexes")
                : List.of(7L, 15L, 23L, 31L);
        List<LayerRecipe> layers = layers(vision, hidden, norm, feedForward, layer -> full.contains((long) layer));
        Part tower = tower(vision, hidden, Presence.ABSENT).layers(layers).build();
        return List.of(tower, merger(vision, hidden, norm, textWidth));
    }

    /// LayerNorms, a table of positions, a feed-forward network of a width of its own. Source: Qwen3-VL technical
    /// report, section 2.
    ///
    /// @param familyDefault the tower's layers whose output has a merger of its own, where the config does not say
    private static Towers third(Long... familyDefault) {
        return (vision, textWidth) -> third(vision.withDefaults(THIRD), List.of(familyDefault), textWidth);
    }

    private static List<Part> third(Config vision, List<Long> familyDefault, long textWidth) {
        long hidden = vision.size("hidden_size");
        NormRecipe norm = NormRecipe.layer(1e-6);
        Sublayer feedForward = new PlainFeedForward(
                vision.size("intermediate_size"),
                Keys.activation(vision, ActivationFunction.GELU_TANH),
                Presence.PRESENT);
        List<Part> parts = new ArrayList<>();
        parts.add(tower(vision, hidden, Presence.PRESENT)
                .positions(vision.size("num_position_embeddings"))
                .layers(layers(vision, hidden, norm, feedForward, layer -> true))
                .build());
        parts.add(merger(vision, hidden, norm, textWidth));
        String key = "deepstack_visual_indexes";
        List<Long> read = vision.has(key) ? vision.counts(key) : familyDefault;
        if (!read.isEmpty()) {
            parts.add(deepMergers(vision, read, hidden, norm, textWidth));
        }
        return parts;
    }

    private static VisionTower tower(Config vision, long hidden, Presence patchBias) {
        long side = vision.size("patch_size");
        Shape patch = Shape.of(Axis.CHANNELS, vision.sizeOr(3, "in_channels", "in_chans"))
                .then(Shape.of(Axis.PATCH_TIME, vision.sizeOr(2, "temporal_patch_size")))
                .then(Shape.of(Axis.PATCH_HEIGHT, side, Axis.PATCH_WIDTH, side));
        return VisionTower.convolved(hidden, MultimodalNamings.QWEN, patch, patchBias);
    }

    /// @param everything the layers that look at all patches of an image; the others at those of their window
    private static List<LayerRecipe> layers(
            Config vision, long hidden, NormRecipe norm, Sublayer feedForward, IntPredicate everything) {
        long queryHeads = vision.size("num_heads");
        Heads heads = new Heads(queryHeads, queryHeads, Keys.evenHeadSize(vision, "num_heads", hidden));
        SelfAttention attention =
                Multimodal.rotated(heads, Rotary.Pairing.HALVES, 10_000).withBiased(Projection.values());
        List<LayerRecipe> layers = new ArrayList<>();
        for (int layer = 0; layer < Keys.layers(vision, "depth"); layer++) {
            SelfAttention here = everything.test(layer) ? attention : attention.withMask(window(vision));
            layers.add(new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm, here, feedForward));
        }
        return layers;
    }

    /// `window_size` is in pixels.
    private static AttentionMask window(Config vision) {
        long side = vision.size("window_size") / vision.size("patch_size");
        if (side < 1) {
            throw vision.invalid(
                    "window_size",
                    Long.toString(vision.size("window_size")),
                    "at least the patch size " + vision.size("patch_size"));
        }
        return new AttentionMask.Blocks(Math.multiplyExact(side, side));
    }

    /// Normalised, neighbours merged, two maps with biases: `(m·h)^2 + m·h + o·m·h + o` for `m` neighbours.
    private static Part merger(Config vision, long hidden, NormRecipe norm, long textWidth) {
        return new StackBuilder("projector", Part.Kind.PROJECTOR, Axis.PATCHES, hidden, MultimodalNamings.QWEN)
                .stream("merger", (block, stream) -> {
                            Value normalized = block.normalize("projector.normalization", stream, norm, 1);
                            return maps(block, merge(block, vision, normalized), textWidth);
                        })
                        .build();
    }

    /// For each of the tower's layers that are read a merger that normalises after merging, so over `m·h`.
    private static Part deepMergers(Config vision, List<Long> read, long hidden, NormRecipe norm, long textWidth) {
        long layers = Keys.layers(vision, "depth");
        List<LayerRun> runs = new ArrayList<>();
        for (int number = 0; number < read.size(); number++) {
            long layer = read.get(number);
            if (layer >= layers) {
                throw vision.invalid(
                        "deepstack_visual_indexes", Long.toString(layer), "a number below the " + layers + " layers");
            }
            Naming naming = MultimodalNamings.qwenDeepMerger(number, layer);
            BlockBuilder block =
                    new BlockBuilder("merger of layer " + layer, naming, Axis.PATCHES, Parameter.Sharing.EACH_LAYER);
            Value stream = block.input("layer_" + layer, Shape.of(Axis.HIDDEN, hidden));
            Value merged = merge(block, vision, stream);
            Value normalized = block.normalize("projector.normalization", merged, norm, 3);
            Block built = block.build(maps(block, normalized, textWidth));
            runs.add(new LayerRun(built, number, 1));
        }
        return new Part("deep projector", Part.Kind.PROJECTOR, Axis.PATCHES, runs);
    }

    private static Value merge(BlockBuilder block, Config vision, Value patches) {
        long side = vision.sizeOr(2, "spatial_merge_size");
        Shape square = Shape.of(Axis.PATCH_HEIGHT, side, Axis.PATCH_WIDTH, side);
        return Multimodal.merge(
                block, patches, side, square.then(patches.shape().trailing(1)));
    }

    private static Value maps(BlockBuilder block, Value merged, long textWidth) {
        Shape inner = merged.shape().trailing(3);
        Shape wide = Shape.of(Axis.INNER, inner.fixedElements());
        Value first = block.linear("projector.first", Role.PROJECTOR, merged, inner, wide, Presence.PRESENT);
        Value activated = block.activate("projector.activation", Role.PROJECTOR, first, ActivationFunction.GELU);
        return block.linear(
                "projector.second",
                Role.PROJECTOR,
                activated,
                wide,
                Shape.of(Axis.HIDDEN, textWidth),
                Presence.PRESENT);
    }
}
