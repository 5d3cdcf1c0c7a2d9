package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.DenseNamings;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Rotary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// Families of Llama's layers with other biases, names, positions or windows.
final class LlamaLikeFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("internlm", config -> biased(config).transformer()),
            Map.entry("internlm2", config -> internlm2(config).transformer()),
            Map.entry("PanguEmbedded", config -> biased(config).transformer()),
            Map.entry("baichuan", config -> baichuan(config).transformer()),
            Map.entry("orion", config -> orion(config).transformer()),
            Map.entry("phi3", config -> phi3(config).transformer()),
            Map.entry("qwen", config -> qwen(config).transformer()),
            Map.entry("seed_oss", config -> seedOss(config).transformer()),
            Map.entry("smollm3", config -> smollm3(config).transformer()),
            Map.entry("mimo", config -> mimo(config).transformer()));

    private LlamaLikeFamilies() {}

    /// Qwen 2 with layers that predict further tokens.
    static Decoder mimo(Config config) {
        return LlamaFamilies.qwen2(config).further(NextTokens::ofMiMo);
    }

    /// Llama with `bias` for all four projections (InternLM, openPangu Embedded).
    static Decoder biased(Config config) {
        Projection[] biased = config.isTrue("bias") ? Projection.values() : new Projection[0];
        return LlamaFamilies.llama(config).attention((layer, attention) -> attention.withBiased(biased));
    }

    static Decoder internlm2(Config config) {
        return biased(config).naming(naming -> DenseNamings.INTERNLM2);
    }

    /// Rotary positions in the models of width 4,096, linear biases in the larger ones.
    static Decoder baichuan(Config config) {
        Decoder decoder = LlamaFamilies.llama(config)
                .naming(naming -> naming.with("attention.query", ".self_attn.W_pack")
                        .with("attention.key", ".self_attn.W_pack")
                        .with("attention.value", ".self_attn.W_pack"));
        return decoder.hidden() == 4096
                ? decoder
                : decoder.attention((layer, attention) -> attention
                        .withRotary(Optional.empty())
                        .withScores(attention.scores().withPositions(new PositionBias.LinearBias())));
    }

    /// Layer norms with biases in place of root-mean-square ones.
    static Decoder orion(Config config) {
        return LlamaFamilies.llama(config).norm(Keys.layerNorm(config, "rms_norm_eps"));
    }

    /// Fused projections without biases, a window over every layer where the config has one.
    static Decoder phi3(Config config) {
        OptionalLong window = config.optionalSize("sliding_window");
        return LlamaFamilies.llama(config)
                .naming(naming -> naming.with("attention.query", ".self_attn.qkv_proj")
                        .with("attention.key", ".self_attn.qkv_proj")
                        .with("attention.value", ".self_attn.qkv_proj")
                        .with("feed_forward.gate", ".mlp.gate_up_proj")
                        .with("feed_forward.up", ".mlp.gate_up_proj"))
                .attention((layer, attention) -> attention.withBiased().withMask(LayerTypes.sliding(window)));
    }

    /// Fused projections with biases, and half the feed-forward width that the config says.
    static Decoder qwen(Config config) {
        long both = config.size("intermediate_size");
        if (both % 2 != 0) {
            throw config.invalid("intermediate_size", Long.toString(both), "an even number: gate and up together");
        }
        long headSize =
                config.optionalSize("kv_channels").orElseGet(() -> Keys.evenHeadSize(config, Keys.queryHeads(config)));
        Heads heads = Keys.heads(config, Keys.queryHeads(config), headSize);
        SelfAttention attention = SelfAttention.causal(heads)
                .withRotary(Optional.of(Keys.rotary(config, headSize)))
                .withBiased(Projection.QUERY, Projection.KEY, Projection.VALUE);
        return new Decoder(
                        config,
                        DenseNamings.QWEN,
                        Keys.rootMeanSquare(config),
                        layer -> List.of(
                                attention, new GatedFeedForward(both / 2, ActivationFunction.SILU, Presence.ABSENT)))
                .head(HeadRecipe.Weights.OWN);
    }

    /// Heads of 128 beside a width they do not divide; biases on query, key and value unless switched off.
    static Decoder seedOss(Config config) {
        Heads heads = Keys.heads(
                config, config.sizeOr(Keys.queryHeads(config), "num_key_value_heads"), Keys.headSize(config, 128));
        Projection[] biased = Keys.projections(
                config.isFalse("attention_bias") ? Presence.ABSENT : Presence.PRESENT,
                Keys.presence(config.isTrue("attention_out_bias")));
        return LlamaFamilies.llama(config, heads).attention((layer, attention) -> attention.withBiased(biased));
    }

    /// Llama without positions in every fourth layer, or in those that `no_rope_layers` marks with 0.
    static Decoder smollm3(Config config) {
        long period = config.sizeOr(4, "no_rope_layer_interval");
        List<Long> listed = config.counts("no_rope_layers");
        if (!listed.isEmpty() && listed.size() < Keys.layers(config)) {
            throw config.invalid(
                    "no_rope_layers",
                    "a list of " + listed.size(),
                    "a number for each of the " + Keys.layers(config) + " layers");
        }
        IntFunction<Optional<Rotary>> rotary = layer -> {
            boolean turns = listed.isEmpty() ? (layer + 1) % period != 0 : listed.get(layer) != 0;
            return turns ? Optional.of(Keys.rotary(config, Keys.heads(config).headSize())) : Optional.empty();
        };
        OptionalLong window =
                config.isTrue("use_sliding_window") ? config.optionalSize("sliding_window") : OptionalLong.empty();
        IntFunction<String> types = Keys.layerTypes(
                config, layer -> rotary.apply(layer).isPresent() ? LayerTypes.FULL : LayerTypes.SLIDING);
        return LlamaFamilies.llama(config)
                .head(HeadRecipe.Weights.TIED)
                .attention((layer, attention) -> attention
                        .withRotary(rotary.apply(layer))
                        .withMask(LayerTypes.mask(config, types.apply(layer), window)));
    }
}
