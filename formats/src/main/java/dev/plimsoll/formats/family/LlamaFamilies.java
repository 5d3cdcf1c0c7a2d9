package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Namings;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// Llama and the dense families that are Llama plus a difference.
final class LlamaFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("llama", config -> llama(config).transformer()),
            Map.entry("Yi", config -> yi(config).transformer()),
            Map.entry("ministral", config -> ministral(config).transformer()),
            Map.entry("mistral", config -> mistral(config).transformer()),
            Map.entry("qwen2", config -> qwen2(config).transformer()),
            Map.entry("qwen3", config -> qwen3(config).transformer()));

    private LlamaFamilies() {}

    /// Root-mean-square norms, rotary positions, grouped queries, a gated feed-forward network.
    static Decoder llama(Config config) {
        return llama(config, Keys.heads(config));
    }

    static Decoder llama(Config config, Heads heads) {
        return llama(config, heads, layer -> gatedFeedForward(config));
    }

    /// Llama with another feed-forward network in each layer, for example experts.
    static Decoder llama(Config config, Heads heads, IntFunction<Sublayer> feedForward) {
        SelfAttention attention = SelfAttention.causal(heads)
                .withRotary(Optional.of(Keys.rotary(config, heads.headSize())))
                .withBiased(config.isTrue("attention_bias") ? Projection.values() : new Projection[0]);
        return new Decoder(
                        config,
                        Namings.LLAMA,
                        Keys.rootMeanSquare(config),
                        layer -> List.of(attention, feedForward.apply(layer)))
                .head(HeadRecipe.Weights.OWN);
    }

    static Sublayer gatedFeedForward(Config config) {
        return new GatedFeedForward(
                config.size("intermediate_size", "ffn_dim", "d_ff"),
                Keys.activation(config, ActivationFunction.SILU),
                Keys.presence(config.isTrue("mlp_bias")));
    }

    /// Llama under the names of its first files.
    static Decoder yi(Config config) {
        return llama(config)
                .naming(naming -> naming.with("attention.normalization", ".ln1|.input_layernorm")
                        .with("feed_forward.normalization", ".ln2|.post_attention_layernorm"));
    }

    /// Llama without biases, eight key/value heads, and a window over every layer: 4,096 tokens unless the config says
    /// another or null.
    static Decoder mistral(Config config) {
        OptionalLong window = LayerTypes.window(config, 4096);
        return llama(config, Keys.heads(config, Math.min(8, Keys.queryHeads(config))))
                .attention((layer, attention) -> attention.withBiased().withMask(LayerTypes.sliding(window)));
    }

    /// Mistral with full and sliding layers.
    static Decoder ministral(Config config) {
        OptionalLong window = config.optionalSize("sliding_window");
        IntFunction<String> types =
                Keys.layerTypes(config, layer -> window.isPresent() ? LayerTypes.SLIDING : LayerTypes.FULL);
        return mistral(config)
                .attention(
                        (layer, attention) -> attention.withMask(LayerTypes.mask(config, types.apply(layer), window)));
    }

    /// Mistral with heads of 128 and no window of its own accord.
    static Decoder ministral3(Config config) {
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(8, Keys.queryHeads(config)), "num_key_value_heads"),
                Keys.headSize(config, 128));
        OptionalLong window = config.optionalSize("sliding_window");
        return llama(config, heads)
                .attention((layer, attention) -> attention.withBiased().withMask(LayerTypes.sliding(window)));
    }

    /// Llama with biases on query, key and value, and a window over the upper layers where it is switched on.
    static Decoder qwen2(Config config) {
        return windowed(llama(config), config)
                .attention(
                        (layer, attention) -> attention.withBiased(Projection.QUERY, Projection.KEY, Projection.VALUE));
    }

    /// Llama with normalised query and key heads of 128.
    static Decoder qwen3(Config config) {
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(32, Keys.queryHeads(config)), "num_key_value_heads"),
                Keys.headSize(config, 128));
        Decoder decoder = windowed(llama(config, heads), config);
        return decoder.attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.EachHead(decoder.norm())));
    }

    /// `use_sliding_window` switches a window on for layers from `max_window_layers`, or for those `layer_types` names.
    static Decoder windowed(Decoder decoder, Config config) {
        if (!config.isTrue("use_sliding_window")) {
            return decoder;
        }
        OptionalLong window = OptionalLong.of(config.sizeOr(4096, "sliding_window"));
        long first = config.countOr(28, "max_window_layers");
        IntFunction<String> types =
                Keys.layerTypes(config, layer -> layer >= first ? LayerTypes.SLIDING : LayerTypes.FULL);
        return decoder.attention(
                (layer, attention) -> attention.withMask(LayerTypes.mask(config, types.apply(layer), window)));
    }
}
