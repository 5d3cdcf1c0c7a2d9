package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.MultimodalNamings;
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
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/// Llama 3.2 with vision: some of the text's layers look at the image in the place of the text, gated; the tower sees
/// an image cut into tiles. Source: Llama 3 technical report, section 7.1, and the reference implementation.
final class MllamaFamily {
    private static final Map<String, Long> TEXT = Map.of(
            "hidden_size", 4096L,
            "intermediate_size", 14_336L,
            "num_hidden_layers", 40L,
            "num_attention_heads", 32L,
            "num_key_value_heads", 8L,
            "vocab_size", 128_256L,
            "rope_theta", 500_000L,
            "max_position_embeddings", 131_072L);
    private static final Map<String, Long> VISION = Map.of(
            "hidden_size", 1280L,
            "intermediate_size", 5120L,
            "num_hidden_layers", 32L,
            "num_global_layers", 8L,
            "attention_heads", 16L,
            "image_size", 448L,
            "patch_size", 14L,
            "max_num_tiles", 4L);

    /// Rows of the token table beyond the vocabulary, for the image's token and its kin, which are never predicted.
    private static final long FURTHER_TOKENS = 8;

    private MllamaFamily() {}

    static Transformer describe(Config config) {
        Decoder text = text(Multimodal.nestedText(config).withDefaults(TEXT));
        Config vision = config.nestedOrEmpty("vision_config").withDefaults(VISION);
        return Multimodal.describe(
                config, text, List.of(local(vision), global(vision), projector(vision, text.hidden())));
    }

    /// Llama, in some of whose layers attention to the image replaces attention to the text.
    private static Decoder text(Config config) {
        Decoder decoder = LlamaFamilies.llama(config);
        List<Sublayer> self = decoder.at(0);
        Heads heads = Keys.heads(config);
        List<Sublayer> cross = List.of(
                new CrossAttention(
                        heads,
                        Axis.PATCHES,
                        decoder.hidden(),
                        Set.of(),
                        new SelfAttention.HeadNorm.EachHead(decoder.norm()),
                        AttentionScores.scaled(1 / Math.sqrt((double) heads.headSize()))),
                self.getLast());
        Set<Long> looks = crossLayers(config, decoder.layers());
        long rows = Math.addExact(Keys.vocabulary(config), FURTHER_TOKENS);
        return decoder.sublayers(layer -> looks.contains((long) layer) ? cross : self)
                .finish(layer -> recipe ->
                        looks.contains((long) layer) ? recipe.withBranch(new LayerRecipe.Branch.Gate()) : recipe)
                .embedding(table -> EmbeddingRecipe.plain(rows, decoder.hidden()))
                .naming(MultimodalNamings::withCrossAttention);
    }

    /// Every fifth layer from the fourth where the config does not list them.
    private static Set<Long> crossLayers(Config config, int layers) {
        String key = "cross_attention_layers";
        Set<Long> listed = new TreeSet<>(config.counts(key));
        for (long layer : listed) {
            if (layer >= layers) {
                throw config.invalid(key, Long.toString(layer), "numbers below the " + layers + " layers");
            }
        }
        return config.has(key)
                ? listed
                : new TreeSet<>(LongStream.range(0, layers)
                        .filter(layer -> layer % 5 == 3)
                        .boxed()
                        .toList());
    }

    /// Patches and a class token for each tile, their places within the tile and the tile's place in the image.
    private static Part local(Config vision) {
        long hidden = Keys.hidden(vision);
        long side = vision.size("patch_size");
        NormRecipe norm = norm(vision);
        long places = VisionTower.patches(vision, vision.size("image_size"), side) + 1;
        return VisionTower.convolved(hidden, MultimodalNamings.MLLAMA, VisionTower.patch(vision, side), Presence.ABSENT)
                .step((block, stream) -> withTiles(block, vision, stream, "tiles_before"))
                .classToken(VisionTower.row(hidden))
                .step((block, stream) -> withPlaces(block, vision, stream, places))
                .normBefore(norm)
                .layers(Collections.nCopies(Keys.layers(vision), layer(vision, norm)))
                .finalNorm(norm)
                .build();
    }

    /// Gated layers over all tiles.
    private static Part global(Config vision) {
        NormRecipe norm = norm(vision);
        LayerRecipe gated = layer(vision, norm).withBranch(new LayerRecipe.Branch.Gate());
        return new StackBuilder(
                        "global vision",
                        Part.Kind.VISION_ENCODER,
                        Axis.PATCHES,
                        Keys.hidden(vision),
                        MultimodalNamings.MLLAMA_GLOBAL)
                .stream("tiles", (block, stream) -> withTiles(block, vision, stream, "tiles_behind"))
                        .layers(Collections.nCopies(Keys.layers(vision, "num_global_layers"), gated), 0)
                        .build();
    }

    private static LayerRecipe layer(Config vision, NormRecipe norm) {
        long queryHeads = vision.size("attention_heads");
        long headSize = Keys.evenHeadSize(vision, "attention_heads", Keys.hidden(vision));
        return new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                norm,
                SelfAttention.encoder(new Heads(queryHeads, queryHeads, headSize)),
                new PlainFeedForward(
                        vision.size("intermediate_size"),
                        Keys.activation(vision, ActivationFunction.GELU),
                        Presence.PRESENT));
    }

    /// `x + tanh(g) · tile`: a row for each way of cutting an image and tile of it.
    private static Value withTiles(BlockBuilder block, Config vision, Value stream, String key) {
        Shape columns = Shape.of(Axis.TILES, vision.size("max_num_tiles"))
                .then(stream.shape().trailing(1));
        Value rows = VisionTower.lookUp(block, key, key + ".row", aspects(vision), columns);
        Value gated = block.gate(key + ".gate", Role.EMBEDDING, rows, ActivationFunction.TANH);
        return block.add(key + ".sum", Role.EMBEDDING, stream, gated);
    }

    /// `x + (1 - tanh(g)) · place + tanh(g) · tile place`, written as `x + place + tanh(g) · (tile place - place)`.
    private static Value withPlaces(BlockBuilder block, Config vision, Value stream, long places) {
        Shape width = stream.shape().trailing(1);
        Shape rows = Shape.of(Axis.POSITIONS, places);
        Shape perTile =
                Shape.of(Axis.TILES, vision.size("max_num_tiles")).then(rows).then(width);
        Value place = VisionTower.lookUp(block, "embedding.positions", "positions", rows, width);
        Value tilePlace = VisionTower.lookUp(block, "tile_positions", "tile_positions.row", aspects(vision), perTile);
        Value negative = block.scale("tile_positions.less", Role.EMBEDDING, place, new ScaleFactor.Constant(-1));
        Value difference = block.add("tile_positions.difference", Role.EMBEDDING, tilePlace, negative);
        Value gated = block.gate("tile_positions.gate", Role.EMBEDDING, difference, ActivationFunction.TANH);
        Value placed = block.add("embedding.with_positions", Role.EMBEDDING, stream, place);
        return block.add("tile_positions.sum", Role.EMBEDDING, placed, gated);
    }

    /// The ways of cutting an image, and one for no image.
    private static Shape aspects(Config vision) {
        long known = vision.has("supported_aspect_ratios")
                ? vision.list("supported_aspect_ratios").size()
                : 8;
        return Shape.of(Axis.ASPECT_RATIOS, known + 1);
    }

    /// From the tower's output beside that of some of its layers to the text's width, with a bias.
    private static Part projector(Config vision, long textWidth) {
        int inner = vision.has("intermediate_layers_indices")
                ? vision.list("intermediate_layers_indices").size()
                : 5;
        long width = vision.sizeOr(Math.multiplyExact(inner + 1L, Keys.hidden(vision)), "vision_output_dim");
        return new StackBuilder("projector", Part.Kind.PROJECTOR, Axis.PATCHES, width, MultimodalNamings.MLLAMA)
                .stream(
                                "projector",
                                (block, stream) -> block.linear(
                                        "projector",
                                        Role.PROJECTOR,
                                        stream,
                                        stream.shape().trailing(1),
                                        Shape.of(Axis.HIDDEN, textWidth),
                                        Presence.PRESENT))
                        .build();
    }

    private static NormRecipe norm(Config vision) {
        return NormRecipe.layer(vision.realOr(1e-5, "norm_eps"));
    }
}
