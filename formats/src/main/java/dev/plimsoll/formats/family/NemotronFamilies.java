package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Namings;
import dev.plimsoll.model.architecture.DenseReplacement;
import dev.plimsoll.model.architecture.DenseReplacement.Replaced;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.NormRecipe.Affine;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Rotary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/// Nemotron, and the Llamas whose blocks a search has thinned out.
final class NemotronFamilies {
    static final Map<String, Family> ALL = Map.of(
            "nemotron", config -> nemotron(config).transformer(),
            "nemotron-nas", config -> searched(config).transformer());

    private NemotronFamilies() {}

    /// Layer norms with gains stored beside one, squared ReLU without a gate, half of each head rotated.
    static Decoder nemotron(Config config) {
        PlainFeedForward feedForward = new PlainFeedForward(
                config.size("intermediate_size"),
                Keys.activation(config, ActivationFunction.RELU_SQUARED),
                Keys.presence(config.isTrue("mlp_bias")));
        return LlamaFamilies.llama(config)
                .norm(Keys.layerNorm(config).with(Affine.GAIN_BESIDE_ONE_AND_BIAS))
                .feedForward(layer -> feedForward)
                .attention((layer, attention) -> attention.withRotary(
                        Optional.of(Keys.rotary(config, attention.heads().headSize(), 0.5, Rotary.Pairing.HALVES))));
    }

    /// Llama's layers, in each of which attention or feed-forward network may be narrower, a linear map, or absent with
    /// its norm.
    static Decoder searched(Config config) {
        List<Config> blocks = config.objects("block_configs");
        if (blocks.size() < Keys.layers(config)) {
            throw config.invalid(
                    "block_configs",
                    "a list of " + blocks.size(),
                    "a block for each of the " + Keys.layers(config) + " layers");
        }
        return new Decoder(
                        config,
                        Namings.LLAMA.with(
                                "attention.linear", ".self_attn.linear_attn",
                                "feed_forward.linear", ".mlp.linear_mlp"),
                        Keys.rootMeanSquare(config),
                        layer -> sublayers(config, blocks.get(layer)))
                .head(HeadRecipe.Weights.OWN);
    }

    private static List<Sublayer> sublayers(Config config, Config block) {
        Optional<Sublayer> attention = part(block, "attention", Replaced.ATTENTION, how -> attention(config, how));
        Optional<Sublayer> feedForward = part(block, "ffn", Replaced.FEED_FORWARD, how -> feedForward(config, how));
        return Stream.of(attention, feedForward).flatMap(Optional::stream).toList();
    }

    /// What the block has in the place of a part: nothing, a linear map, or a sublayer of its own.
    private static Optional<Sublayer> part(
            Config block, String key, Replaced replaced, Function<Config, Sublayer> own) {
        Config how = block.nested(key).orElseThrow(() -> block.invalid(key, "missing", "an object"));
        if (how.isTrue("no_op")) {
            return Optional.empty();
        }
        return Optional.of(how.isTrue("replace_with_linear") ? new DenseReplacement(replaced) : own.apply(how));
    }

    private static Sublayer attention(Config config, Config how) {
        if (how.has("num_sink_tokens") || how.has("sparsify")) {
            throw how.unsupported(how.has("sparsify") ? "sparsify" : "num_sink_tokens", "set", "null");
        }
        long queryHeads = Keys.queryHeads(config);
        long group = how.size("n_heads_in_group");
        if (queryHeads % group != 0) {
            throw how.invalid(
                    "n_heads_in_group", Long.toString(group), "a divisor of the " + queryHeads + " query heads");
        }
        OptionalLong headSize = config.optionalSize("head_dim");
        SelfAttention attention = SelfAttention.causal(Keys.heads(
                config, queryHeads / group, headSize.orElseGet(() -> Keys.evenHeadSize(config, queryHeads))));
        return attention
                .withRotary(Optional.of(Keys.rotary(config, attention.heads().headSize())))
                .withBiased(config.isTrue("attention_bias") ? Projection.values() : new Projection[0])
                .withMask(LayerTypes.sliding(how.optionalSize("window_length")));
    }

    private static Sublayer feedForward(Config config, Config how) {
        Presence bias = Keys.presence(config.isTrue("mlp_bias"));
        return new GatedFeedForward(width(config, how), Keys.activation(config, ActivationFunction.SILU), bias);
    }

    /// Two thirds of `ffn_mult · h`, rounded down, then up to a multiple of 256, unless the block says its width.
    private static long width(Config config, Config how) {
        if (how.has("intermediate_size")) {
            return how.size("intermediate_size");
        }
        double multiple = how.optionalReal("ffn_mult").orElse(0);
        double width = 2 * multiple * (double) Keys.hidden(config) / 3;
        if (width < 1 || width > (double) (1L << 40)) {
            throw how.invalid("ffn_mult", Double.toString(multiple), "a feed-forward width of 1 to 2^40");
        }
        return ((long) width + 255) / 256 * 256;
    }
}
