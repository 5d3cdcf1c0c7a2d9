package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.GatedDelta;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.MixtureOfExperts.SharedExpert;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.SelfAttention.KeysAndValues;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/// Qwen's hybrids of gated attention and the gated delta rule, one layer of the first for three of the second.
///
/// Their norms' gains are stored beside one, but for the delta rule's.
final class LinearAttentionFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("qwen3_next", config -> qwen3Next(config).transformer()),
            Map.entry("qwen3_5_text", config -> qwen35Text(config).transformer()),
            Map.entry("qwen3_5_moe_text", config -> qwen35MoeText(config).transformer()));

    private LinearAttentionFamilies() {}

    /// With experts and a gated shared one in most layers.
    static Decoder qwen3Next(Config config) {
        return hybrid(
                config,
                Experts.sparse(config, Experts.everySparseStep(config), () -> experts(config)),
                RecurrentNamings.QWEN3_NEXT);
    }

    /// With a gated feed-forward network.
    static Decoder qwen35Text(Config config) {
        return hybrid(config, layer -> LlamaFamilies.gatedFeedForward(config), RecurrentNamings.QWEN3_5);
    }

    /// With experts and a gated shared one in every layer.
    static Decoder qwen35MoeText(Config config) {
        return hybrid(config, layer -> experts(config), RecurrentNamings.QWEN3_5);
    }

    private static Decoder hybrid(Config config, IntFunction<Sublayer> feedForward, Naming naming) {
        long interval = config.sizeOr(4, "full_attention_interval");
        IntFunction<String> types = LayerTypes.of(
                config,
                layer -> (layer + 1) % interval == 0 ? "full_attention" : "linear_attention",
                "full_attention",
                "linear_attention");
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(2, Keys.queryHeads(config)), "num_key_value_heads"),
                config.sizeOr(256, "head_dim"));
        Presence gate = Keys.presence(!config.isFalse("attn_output_gate"));
        SelfAttention.Options gated =
                new SelfAttention.Options(Presence.ABSENT, gate, KeysAndValues.OWN, Presence.PRESENT);
        Rotary rotary = Keys.rotary(config, heads.headSize(), 0.25, Rotary.Pairing.HALVES);
        NormRecipe plain = Keys.rootMeanSquare(config);
        Decoder decoder =
                LlamaFamilies.llama(config, heads, feedForward).norm(plain.with(NormRecipe.Affine.GAIN_BESIDE_ONE));
        GatedDelta delta = delta(config, plain);
        return decoder.attention((layer, attention) -> types.apply(layer).equals("linear_attention")
                        ? delta
                        : attention
                                .withOptions(gated)
                                .withRotary(Optional.of(rotary))
                                .withHeadNorm(new HeadNorm.EachHead(decoder.norm())))
                .naming(before -> naming)
                .further(NextTokens::besideDecoder);
    }

    private static GatedDelta delta(Config config, NormRecipe norm) {
        long keyHeads = config.sizeOr(16, "linear_num_key_heads");
        long valueHeads = config.sizeOr(32, "linear_num_value_heads");
        if (valueHeads % keyHeads != 0) {
            throw config.invalid(
                    "linear_num_key_heads", Long.toString(keyHeads), "a divisor of the " + valueHeads + " value heads");
        }
        return new GatedDelta(
                keyHeads,
                config.sizeOr(128, "linear_key_head_dim"),
                valueHeads,
                config.sizeOr(128, "linear_value_head_dim"),
                config.smallSizeOr(4, "linear_conv_kernel_dim"),
                norm);
    }

    private static MixtureOfExperts experts(Config config) {
        return Experts.gated(
                        config,
                        Experts.routing(config, Scoring.SOFTMAX, Experts.weighting(config, Weighting.NORMALIZED)),
                        "moe_intermediate_size")
                .withShared(new SharedExpert(config.size("shared_expert_intermediate_size"), Presence.PRESENT));
    }
}
