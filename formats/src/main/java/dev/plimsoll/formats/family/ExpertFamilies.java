package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.ExpertNamings;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.MixtureOfExperts.SharedExpert;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// Mixtures of experts that are Llama, Mistral or Qwen with experts in the place of the feed-forward network.
final class ExpertFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("mixtral", config -> mixtral(config).transformer()),
            Map.entry("phimoe", config -> phiMoe(config).transformer()),
            Map.entry("minimax_m2", config -> miniMaxM2(config).transformer()),
            Map.entry("dbrx", config -> dbrx(config).transformer()),
            Map.entry("olmoe", config -> olmoe(config).transformer()),
            Map.entry("granitemoe", config -> graniteMoe(config).transformer()),
            Map.entry("qwen2_moe", config -> qwen2Moe(config).transformer()),
            Map.entry("qwen3_moe", config -> qwen3Moe(config).transformer()));

    private ExpertFamilies() {}

    /// Mistral with experts as wide as its feed-forward network, chosen by a softmax over the chosen ones' scores.
    static Decoder mixtral(Config config) {
        MixtureOfExperts experts = Experts.gated(
                config, Experts.routing(config, Scoring.SOFTMAX, Weighting.NORMALIZED), "intermediate_size");
        Decoder decoder =
                LlamaFamilies.llama(config, Keys.heads(config, Math.min(8, Keys.queryHeads(config))), layer -> experts);
        OptionalLong window = config.optionalSize("sliding_window");
        return decoder.attention((layer, attention) -> attention.withMask(LayerTypes.sliding(window)))
                .naming(naming -> ExpertNamings.MIXTRAL);
    }

    /// Mixtral with LayerNorm and biases on the projections and the head.
    ///
    /// The two experts' weights are described as their softmax scores; the published router also leaves out experts
    /// whose score is far below the best (sparse mixing), which changes no count.
    static Decoder phiMoe(Config config) {
        MixtureOfExperts experts = Experts.gated(
                config, Experts.routing(config, Scoring.SOFTMAX, Weighting.AS_SCORED), "intermediate_size");
        return mixtral(config)
                .feedForward(layer -> experts)
                .norm(NormRecipe.layer(config.realOr(1e-5, "rms_norm_eps")))
                .headBias(Keys.presence(config.isTrue("lm_head_bias")));
    }

    /// Mixtral with normalised queries and keys, heads of 128, and a sigmoid router with a correction.
    static Decoder miniMaxM2(Config config) {
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(8, Keys.queryHeads(config)), "num_key_value_heads"),
                config.sizeOr(128, "head_dim"));
        MixtureOfExperts experts = Experts.corrected(Experts.gated(
                config,
                Experts.routing(config, Experts.scoring(config, Scoring.SIGMOID), Weighting.NORMALIZED),
                "intermediate_size"));
        Decoder decoder = LlamaFamilies.llama(config, heads, layer -> experts);
        config.optionalSize("rotary_dim")
                .ifPresent(size -> decoder.attention((layer, attention) -> attention.withRotary(attention
                        .rotary()
                        .map(rotary -> Keys.rotary(config, size, rotary.pairing(), rotary.where())))));
        return decoder.attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.AllHeads(decoder.norm())))
                .naming(naming -> ExpertNamings.MIXTRAL);
    }

    /// LayerNorm without bias, experts of their own width; the sizes lie in `attn_config` and `ffn_config`.
    static Decoder dbrx(Config config) {
        Config attention = config.nested("attn_config").orElse(config);
        Config network = config.nested("ffn_config").orElse(config);
        long queryHeads = Keys.queryHeads(config);
        Heads heads = new Heads(
                queryHeads,
                divisor(config, "kv_n_heads", attention.sizeOr(1, "kv_n_heads"), queryHeads),
                Keys.evenHeadSize(config, queryHeads));
        MixtureOfExperts experts = MixtureOfExperts.gated(
                Experts.routing(network, Scoring.SOFTMAX, Weighting.NORMALIZED),
                network.size("ffn_hidden_size"),
                ActivationFunction.SILU);
        NormRecipe norm = NormRecipe.layer(1e-5).with(NormRecipe.Affine.GAIN);
        return LlamaFamilies.llama(config, heads, layer -> experts)
                .attention((layer, change) -> change.withRotary(change.rotary()
                        .map(rotary -> Keys.rotary(attention, rotary.size(), rotary.pairing(), rotary.where()))))
                .norm(norm)
                .naming(naming -> ExpertNamings.DBRX);
    }

    /// Llama with normalised queries and keys and experts as wide as its feed-forward network.
    static Decoder olmoe(Config config) {
        MixtureOfExperts experts = Experts.gated(
                config,
                Experts.routing(config, Scoring.SOFTMAX, Experts.weighting(config, Weighting.AS_SCORED)),
                "intermediate_size");
        Decoder decoder = LlamaFamilies.llama(config, Keys.heads(config), layer -> experts);
        return decoder.attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.AllHeads(decoder.norm())));
    }

    /// Granite's constants around Llama's layers, with experts as wide as the feed-forward network.
    static Decoder graniteMoe(Config config) {
        MixtureOfExperts experts = Experts.gated(
                config, Experts.routing(config, Scoring.SOFTMAX, Weighting.NORMALIZED), "intermediate_size");
        return ScaledFamilies.granite(LlamaFamilies.llama(config, Keys.heads(config), layer -> experts), config)
                .naming(naming -> ExpertNamings.GRANITE);
    }

    /// Qwen2 with experts and a gated shared expert in most layers.
    static Decoder qwen2Moe(Config config) {
        Heads heads = Keys.heads(config, Math.min(16, Keys.queryHeads(config)));
        Decoder decoder = LlamaFamilies.llama(config, heads, qwenLayers(config, Presence.PRESENT));
        if (!config.isFalse("qkv_bias")) {
            decoder.attention(
                    (layer, attention) -> attention.withBiased(Projection.QUERY, Projection.KEY, Projection.VALUE));
        }
        long limit = config.countOr(28, "max_window_layers");
        return windowed(
                        decoder,
                        config,
                        layer -> layer % 2 == 0 && layer < limit ? LayerTypes.SLIDING : LayerTypes.FULL)
                .naming(naming -> ExpertNamings.QWEN);
    }

    /// Llama with normalised query and key heads, and experts without a shared one in most layers.
    static Decoder qwen3Moe(Config config) {
        Heads heads = Keys.heads(config, Math.min(4, Keys.queryHeads(config)));
        Decoder decoder = LlamaFamilies.llama(config, heads, qwenLayers(config, Presence.ABSENT));
        return windowed(decoder, config, layer -> LayerTypes.SLIDING)
                .attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.EachHead(decoder.norm())))
                .naming(naming -> ExpertNamings.QWEN);
    }

    /// Experts of `moe_intermediate_size` in the sparse layers.
    ///
    /// @param shared whether an expert that every token passes stands beside them, scaled by a gate
    static IntFunction<Sublayer> qwenLayers(Config config, Presence shared) {
        return Experts.sparse(config, Experts.everySparseStep(config), () -> {
            Weighting familyDefault = Weighting.AS_SCORED;
            MixtureOfExperts experts = Experts.gated(
                    config,
                    Experts.routing(config, Scoring.SOFTMAX, Experts.weighting(config, familyDefault)),
                    "moe_intermediate_size");
            return switch (shared) {
                case ABSENT -> experts;
                case PRESENT ->
                    experts.withShared(
                            new SharedExpert(config.size("shared_expert_intermediate_size"), Presence.PRESENT));
            };
        });
    }

    /// A window where `use_sliding_window` switches it on, on the layers that `layer_types` or the family's rule names.
    private static Decoder windowed(Decoder decoder, Config config, IntFunction<String> familyRule) {
        if (!config.isTrue("use_sliding_window")) {
            return decoder;
        }
        return LayerTypes.windowed(decoder, familyRule, config.sizeOr(4096, "sliding_window"));
    }

    private static long divisor(Config config, String key, long found, long of) {
        if (of % found != 0) {
            throw config.invalid(key, Long.toString(found), "a divisor of the " + of + " query heads");
        }
        return found;
    }
}
