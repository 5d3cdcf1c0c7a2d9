package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.DenseNamings;
import dev.plimsoll.model.architecture.DenseBesideExperts;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.PerLayerEmbedding;
import dev.plimsoll.model.architecture.PerLayerInput;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.SelfAttention.KeysAndValues;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.WiredOtherwise;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Gemma 4: full layers with wider heads, layers that look at an earlier one's keys, a vector for each token and layer,
/// experts beside the feed-forward network, a trained scalar over each layer.
final class Gemma4Families {
    static final Map<String, Family> ALL =
            Map.of("gemma4_text", config -> gemma4Text(config).transformer());

    private final Config config;
    private final Decoder decoder;
    private final IntFunction<String> types;
    private final long firstBorrowing;
    private final long perLayerWidth;

    private Gemma4Families(Config config) {
        this.config = config;
        this.decoder = new Decoder(config, DenseNamings.GEMMA4, Keys.rootMeanSquare(config), layer -> List.of());
        long layers = decoder.layers();
        IntFunction<String> said = LayerTypes.fullEvery(config, 6);
        // The class turns the last layer into a full one, whatever the config says.
        this.types = layer -> layer == layers - 1 ? LayerTypes.FULL : said.apply(layer);
        long borrowing = config.countOr(0, "num_kv_shared_layers");
        if (borrowing >= layers) {
            throw config.invalid(
                    "num_kv_shared_layers", Long.toString(borrowing), "fewer than the " + layers + " layers");
        }
        this.firstBorrowing = layers - borrowing;
        requireLenders();
        this.perLayerWidth =
                config.isNull("hidden_size_per_layer_input") ? 0 : config.countOr(256, "hidden_size_per_layer_input");
    }

    static Decoder gemma4Text(Config config) {
        GemmaFamilies.refuseLookingAhead(config);
        Gemma4Families family = new Gemma4Families(config);
        Decoder decoder = family.decoder;
        decoder.sublayers(family::sublayers)
                .wiring(Wiring.NORM_AROUND)
                .finish(layer -> LayerRecipe::withScalar)
                .embedding(embedding -> embedding.withScale(Math.sqrt((double) decoder.hidden())))
                .head(HeadRecipe.Weights.TIED)
                .head(head -> head.withSoftCap(config.optionalReal("final_logit_softcapping")));
        if (family.perLayerWidth > 0) {
            long vocabulary = config.sizeOr(262_144, "vocab_size_per_layer_input");
            PerLayerEmbedding perLayer =
                    new PerLayerEmbedding(vocabulary, decoder.layers(), family.perLayerWidth, decoder.norm());
            decoder.afterEmbedding(block -> perLayer.block(block, decoder.hidden()));
        }
        return decoder;
    }

    private List<Sublayer> sublayers(int layer) {
        List<Sublayer> sublayers = new ArrayList<>(List.of(attention(layer), feedForward(layer)));
        if (perLayerWidth > 0) {
            PerLayerInput input = new PerLayerInput(
                    perLayerWidth, GemmaFamilies.feedForward(config, 1).function());
            sublayers.add(new WiredOtherwise(input, Wiring.NORM_AFTER));
        }
        return sublayers;
    }

    /// Each borrowing layer looks at the last one of its type that has keys of its own.
    private void requireLenders() {
        for (int layer = (int) firstBorrowing; layer < decoder.layers(); layer++) {
            String type = types.apply(layer);
            if (IntStream.range(0, (int) firstBorrowing)
                    .noneMatch(earlier -> types.apply(earlier).equals(type))) {
                throw config.invalid(
                        "num_kv_shared_layers",
                        Long.toString(decoder.layers() - firstBorrowing),
                        "few enough that a layer of " + type + " before them has keys of its own");
            }
        }
    }

    private boolean isFull(int layer) {
        return types.apply(layer).equals(LayerTypes.FULL);
    }

    /// The scores are not scaled: the norms of queries and keys do it.
    private SelfAttention attention(int layer) {
        boolean sameKeyAndValue = isFull(layer) && config.isTrue("attention_k_eq_v");
        SelfAttention.Options plain = SelfAttention.Options.PLAIN;
        SelfAttention attention = SelfAttention.causal(heads(layer));
        return attention
                .withMask(LayerTypes.mask(
                        config, types.apply(layer), OptionalLong.of(config.sizeOr(512, "sliding_window"))))
                .withRotary(Optional.of(rotary(layer)))
                .withScores(attention.scores().withScale(1))
                .withHeadNorm(new HeadNorm.EachHeadAndValue(decoder.norm()))
                .withBiased(config.isTrue("attention_bias") ? Projection.values() : new Projection[0])
                .withOptions(new SelfAttention.Options(
                        plain.sinks(),
                        plain.outputGate(),
                        layer < firstBorrowing ? KeysAndValues.OWN : KeysAndValues.EARLIER_LAYER,
                        sameKeyAndValue ? Presence.ABSENT : Presence.PRESENT));
    }

    private Heads heads(int layer) {
        long keyValueHeads = config.sizeOr(Math.min(4, Keys.queryHeads(config)), "num_key_value_heads");
        if (!isFull(layer)) {
            return Keys.heads(config, keyValueHeads, Keys.headSize(config, 256));
        }
        long global = config.isTrue("attention_k_eq_v")
                ? config.sizeOr(keyValueHeads, "num_global_key_value_heads")
                : keyValueHeads;
        return Keys.heads(config, global, config.sizeOr(512, "global_head_dim"));
    }

    /// Sliding layers turn whole heads by base 10,000; full ones a quarter of the pairs by base 1,000,000.
    private Rotary rotary(int layer) {
        long size = heads(layer).headSize();
        Optional<Config> said = config.nested("rope_parameters").flatMap(all -> all.nested(types.apply(layer)));
        double base = said.map(how -> how.realOr(10_000, "rope_theta")).orElse(isFull(layer) ? 1_000_000.0 : 10_000.0);
        OptionalDouble part = said.map(how -> how.optionalReal("partial_rotary_factor"))
                .orElse(isFull(layer) ? OptionalDouble.of(0.25) : OptionalDouble.empty());
        if (part.isPresent() && (part.getAsDouble() < 0 || part.getAsDouble() > 1)) {
            throw config.invalid("rope_parameters.partial_rotary_factor", part.toString(), "0 to 1");
        }
        double factor = said.map(how -> how.realOr(1, "factor")).orElse(1.0);
        RotaryScaling scaling = part.isPresent()
                ? new RotaryScaling.Proportional(factor, (long) (part.getAsDouble() * (double) size / 2))
                : new RotaryScaling.None();
        Rotary whole = Keys.rotary(config, size, Rotary.Pairing.HALVES, Rotary.End.FIRST);
        return new Rotary(size, base, whole.pairing(), whole.where(), scaling);
    }

    private Sublayer feedForward(int layer) {
        long width = config.size("intermediate_size");
        boolean isDouble = layer >= firstBorrowing && config.isTrue("use_double_wide_mlp");
        GatedFeedForward dense = GemmaFamilies.feedForward(config, isDouble ? Math.multiplyExact(2, width) : width);
        if (!config.isTrue("enable_moe_block")) {
            return dense;
        }
        long experts = config.size("num_experts");
        long topK = config.size("top_k_experts");
        if (topK > experts) {
            throw config.invalid("top_k_experts", Long.toString(topK), "at most the " + experts + " experts");
        }
        MixtureOfExperts mixture = MixtureOfExperts.gated(
                new Routing(experts, topK, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED),
                config.size("moe_intermediate_size"),
                dense.function());
        return new WiredOtherwise(new DenseBesideExperts(dense, mixture, decoder.norm()), Wiring.NORM_AFTER);
    }
}
