package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.TowerNamings;
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
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Vision transformers: alone, and as the towers of models that see.
final class VisionFamilies {
    static final Map<String, Family> ALL = Map.of("vit", VisionFamilies::vit);

    private VisionFamilies() {}

    /// A class token, positions, layers, a norm. The pooler of the class is no part of it: published encoders have an
    /// untrained one; a classifier is where the architecture names one.
    private static Transformer vit(Config config) {
        long hidden = Keys.hidden(config);
        long patch = config.sizeOr(16, "patch_size");
        long patches = VisionTower.patches(config, config.sizeOr(224, "image_size"), patch);
        NormRecipe norm = NormRecipe.layer(config.realOr(1e-12, "layer_norm_eps"));
        Shape one = Shape.of(Axis.UNIT, 1);
        Shape width = Shape.of(Axis.HIDDEN, hidden);
        Projection[] biased = config.isFalse("qkv_bias") ? new Projection[] {Projection.OUTPUT} : Projection.values();
        StackBuilder tower = VisionTower.convolved(
                        hidden, TowerNamings.VIT, VisionTower.patch(config, patch), Presence.PRESENT)
                .classToken(one, Shape.of(Axis.POSITIONS, 1), width)
                .positions(one, Shape.of(Axis.POSITIONS, patches + 1), width)
                .layers(layers(config, norm, ActivationFunction.GELU, biased))
                .finalNorm(norm);
        tower.always(Axis.PATCHES, patches + 1);
        boolean classifies =
                config.texts("architectures").stream().anyMatch(name -> name.endsWith("ForImageClassification"));
        if (classifies) {
            classify(tower, Shape.of(Axis.VOCABULARY, labels(config)));
        }
        return new Transformer(Keys.architecture(config), List.of(tower.build()), OptionalLong.empty());
    }

    private static long labels(Config config) {
        long named = config.nested("id2label")
                .map(names -> (long) names.keys().size())
                .orElse(2L);
        return config.sizeOr(Math.max(1, named), "num_labels");
    }

    private static void classify(StackBuilder tower, Shape labels) {
        tower.stream("classifier", (block, stream) -> {
            Shape width = stream.shape().trailing(1);
            Value first = block.append(new Operator.TokenPooling(
                    "classifier.class",
                    Role.HEAD,
                    stream,
                    new Pooling.One(),
                    Value.activation("classifier.class", Shape.open(Axis.BATCH).then(width))));
            return block.linear("classifier", Role.HEAD, first, width, labels, Presence.PRESENT);
        });
    }

    /// CLIP's tower: patches without bias, a class token, positions, a norm before the layers and one behind. Source:
    /// Radford et al. 2021, section 2.4.
    static Part clip(Config vision) {
        long hidden = Keys.hidden(vision);
        long patch = vision.size("patch_size");
        long tokens = VisionTower.patches(vision, vision.size("image_size"), patch) + 1;
        NormRecipe norm = NormRecipe.layer(vision.realOr(1e-5, "layer_norm_eps"));
        return VisionTower.convolved(
                        hidden, TowerNamings.CLIP_VISION, VisionTower.patch(vision, patch), Presence.ABSENT)
                .classToken(VisionTower.row(hidden))
                .positions(tokens)
                .normBefore(norm)
                .layers(layers(vision, norm, ActivationFunction.GELU_QUICK, Projection.values()))
                .finalNorm(norm)
                .always(Axis.PATCHES, tokens)
                .build();
    }

    /// SigLIP's tower: patches with bias, positions, layers, a norm; no class token. Source: Zhai et al. 2023.
    static Part siglip(Config vision) {
        long hidden = Keys.hidden(vision);
        long patch = vision.size("patch_size");
        long patches = VisionTower.patches(vision, vision.size("image_size"), patch);
        NormRecipe norm = NormRecipe.layer(vision.realOr(1e-6, "layer_norm_eps"));
        return VisionTower.convolved(
                        hidden, TowerNamings.CLIP_VISION, VisionTower.patch(vision, patch), Presence.PRESENT)
                .positions(patches)
                .layers(layers(vision, norm, ActivationFunction.GELU_TANH, Projection.values()))
                .finalNorm(norm)
                .always(Axis.PATCHES, patches)
                .build();
    }

    /// The layers of a vision transformer: normalised before, a plain feed-forward network with biases.
    static List<LayerRecipe> layers(
            Config vision, NormRecipe norm, ActivationFunction familyDefault, Projection... biased) {
        long queryHeads = Keys.queryHeads(vision);
        Heads heads = new Heads(queryHeads, queryHeads, Keys.evenHeadSize(vision, queryHeads));
        PlainFeedForward feedForward = new PlainFeedForward(
                vision.size("intermediate_size"), Keys.activation(vision, familyDefault), Presence.PRESENT);
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                norm,
                SelfAttention.encoder(heads).withBiased(biased),
                feedForward);
        return Collections.nCopies(Keys.layers(vision), layer);
    }
}
