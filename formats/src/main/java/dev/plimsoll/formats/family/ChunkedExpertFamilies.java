package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.ExpertNamings;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.MixtureOfExperts.SharedExpert;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.SelfAttention.KeysAndValues;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/// Mixtures of experts most of whose layers look at a window or a chunk only.
final class ChunkedExpertFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("gpt_oss", config -> gptOss(config).transformer()),
            Map.entry("llama4_text", config -> llama4Text(config).transformer()));

    private ChunkedExpertFamilies() {}

    /// Biases everywhere, a sink for each head, a window in every other layer, and clamped gates in the experts.
    static Decoder gptOss(Config config) {
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(8, Keys.queryHeads(config)), "num_key_value_heads"),
                config.sizeOr(64, "head_dim"));
        double limit = config.realOr(7, "swiglu_limit");
        if (limit != 7) {
            throw config.unsupported("swiglu_limit", Double.toString(limit), "7");
        }
        MixtureOfExperts experts = MixtureOfExperts.gated(
                        Experts.routing(config, Scoring.SOFTMAX, Weighting.NORMALIZED),
                        config.size("intermediate_size"),
                        ActivationFunction.GELU_QUICK_CLAMPED)
                .withForm(MixtureOfExperts.Form.GATED_CLAMPED)
                .withBiases(new MixtureOfExperts.Biases(Presence.PRESENT, Presence.ABSENT, Presence.PRESENT));
        SelfAttention.Options sinks =
                new SelfAttention.Options(Presence.PRESENT, Presence.ABSENT, KeysAndValues.OWN, Presence.PRESENT);
        SelfAttention.Projection[] biased =
                config.isFalse("attention_bias") ? new SelfAttention.Projection[0] : SelfAttention.Projection.values();
        Decoder decoder = LlamaFamilies.llama(config, heads, layer -> experts)
                .attention((layer, attention) -> attention.withBiased(biased).withOptions(sinks))
                .naming(naming -> ExpertNamings.GPT_OSS);
        return LayerTypes.windowed(
                decoder,
                layer -> layer % 2 == 0 ? LayerTypes.SLIDING : LayerTypes.FULL,
                config.sizeOr(128, "sliding_window"));
    }

    /// Chunks and rotary positions in three of four layers, everything and no positions in the fourth; experts in every
    /// layer or every other one, their inputs weighted.
    ///
    /// The scale that layers without positions give to queries past `floor_scale` tokens is 1 before, and left out.
    static Decoder llama4Text(Config config) {
        Heads heads = Keys.heads(config, Math.min(8, Keys.queryHeads(config)));
        IntPredicate rotates = rotatedLayers(config);
        IntFunction<String> types = LayerTypes.of(
                config,
                layer -> rotates.test(layer) ? "chunked_attention" : "full_attention",
                "chunked_attention",
                "full_attention");
        AttentionMask chunk = new AttentionMask.Chunked(config.sizeOr(8192, "attention_chunk_size"));
        // A norm without gains commutes with the rotation, so that it stands before it here as everywhere.
        HeadNorm headNorm = config.isFalse("use_qk_norm")
                ? new HeadNorm.None()
                : new HeadNorm.EachHead(Keys.rootMeanSquare(config).with(NormRecipe.Affine.NONE));
        Rotary rotary = Keys.rotary(config, heads.headSize(), 1, Rotary.Pairing.NEIGHBOURS);
        return LlamaFamilies.llama(config, heads, llama4FeedForward(config))
                .attention((layer, attention) -> attention
                        .withMask(types.apply(layer).equals("chunked_attention") ? chunk : new AttentionMask.Causal())
                        .withRotary(rotates.test(layer) ? Optional.of(rotary) : Optional.empty())
                        .withHeadNorm(rotates.test(layer) ? headNorm : new HeadNorm.None()))
                .naming(naming -> ExpertNamings.LLAMA_4);
    }

    /// Layers with rotary positions: those for which `no_rope_layers` has a 1, else all but every fourth.
    private static IntPredicate rotatedLayers(Config config) {
        List<Long> flags = config.counts("no_rope_layers");
        if (flags.isEmpty()) {
            long interval = config.sizeOr(4, "no_rope_layer_interval");
            return layer -> (layer + 1) % interval != 0;
        }
        Experts.requireOneEach(config, "no_rope_layers", flags.size(), Keys.layers(config));
        return layer -> flags.get(layer) != 0;
    }

    private static IntFunction<Sublayer> llama4FeedForward(Config config) {
        long step = config.sizeOr(1, "interleave_moe_layer_step");
        Set<Long> named = new TreeSet<>(config.counts("moe_layers"));
        IntPredicate sparse = layer -> named.isEmpty() ? (layer + 1) % step == 0 : named.contains((long) layer);
        ActivationFunction function = Keys.activation(config, ActivationFunction.SILU);
        long width = config.size("intermediate_size");
        MixtureOfExperts experts = MixtureOfExperts.gated(
                        Experts.routing(config, Scoring.SIGMOID, Weighting.AS_SCORED), width, function)
                .withWeighted(MixtureOfExperts.Weighted.INPUTS)
                .withShared(new SharedExpert(width, Presence.ABSENT));
        return layer -> sparse.test(layer)
                ? experts
                : new GatedFeedForward(config.sizeOr(16_384, "intermediate_size_mlp"), function, Presence.ABSENT);
    }
}
