package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.MixtureOfExperts.SharedExpert;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelectiveScan;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.ShortConvolution;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/// Attention in some layers, state spaces or short convolutions in the others.
final class HybridFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("granitemoehybrid", config -> graniteMoeHybrid(config).transformer()),
            Map.entry("bamba", config -> bamba(config).transformer()),
            Map.entry("jamba", config -> jamba(config).transformer()),
            Map.entry("lfm2", config -> lfm2(config).transformer()),
            Map.entry("lfm2_moe", config -> lfm2Moe(config).transformer()));

    private HybridFamilies() {}

    /// Granite with a grouped state space in the layers of type `mamba`, and experts where there are any.
    static Decoder graniteMoeHybrid(Config config) {
        IntFunction<String> types = LayerTypes.of(config, layer -> "mamba", "mamba", "attention");
        GroupedStateSpace space = space(config, 1);
        Decoder decoder = LlamaFamilies.llama(config, Keys.heads(config), layer -> graniteFeedForward(config));
        if (!config.text("position_embedding_type").orElse("").equals("rope")) {
            decoder.attention((layer, attention) -> attention.withRotary(Optional.empty()));
        }
        ScaledFamilies.granite(decoder, config);
        return mixed(decoder, layer -> types.apply(layer).equals("attention"), space, RecurrentNamings.GRANITE_HYBRID);
    }

    private static Sublayer graniteFeedForward(Config config) {
        long shared = config.sizeOr(1024, "shared_intermediate_size");
        if (config.countOr(8, "num_local_experts") == 0) {
            return new GatedFeedForward(shared, Keys.activation(config, ActivationFunction.SILU), Presence.ABSENT);
        }
        MixtureOfExperts experts = Experts.gated(
                config, Experts.routing(config, Scoring.SOFTMAX, Weighting.NORMALIZED), "intermediate_size");
        return experts.withShared(new SharedExpert(shared, Presence.ABSENT));
    }

    /// Llama with half a head rotated in the layers that `attn_layer_indices` names, grouped state spaces in the
    /// others.
    static Decoder bamba(Config config) {
        Set<Long> attends = new TreeSet<>(config.counts("attn_layer_indices"));
        Heads heads = Keys.heads(config, Math.min(8, Keys.queryHeads(config)));
        Rotary rotary = Keys.rotary(config, heads.headSize(), 0.5, Rotary.Pairing.HALVES);
        Decoder decoder = LlamaFamilies.llama(config, heads)
                .attention((layer, attention) -> attention.withRotary(Optional.of(rotary)));
        return mixed(decoder, layer -> attends.contains((long) layer), space(config, 1), RecurrentNamings.FALCON_H1);
    }

    /// Attention without positions in every eighth layer, selective scans in the others, experts in every other layer.
    static Decoder jamba(Config config) {
        IntPredicate sparse = every(config, "expert_layer_period", 2, "expert_layer_offset", 1);
        boolean hasExperts = config.countOr(16, "num_experts") > 1;
        IntFunction<Sublayer> feedForward = Experts.sparse(
                config,
                layer -> hasExperts && sparse.test(layer),
                () -> Experts.gated(
                        config, Experts.routing(config, Scoring.SOFTMAX, Weighting.AS_SCORED), "intermediate_size"));
        long inner = Math.multiplyExact(config.sizeOr(2, "mamba_expand"), Keys.hidden(config));
        SelectiveScan scan = new SelectiveScan(
                inner,
                config.sizeOr(16, "mamba_d_state"),
                config.smallSizeOr(4, "mamba_d_conv"),
                StateSpaceFamilies.timeStepRank(config, "mamba_dt_rank"),
                Keys.presence(!config.isFalse("mamba_conv_bias")),
                Keys.presence(config.isTrue("mamba_proj_bias")),
                Optional.of(Keys.rootMeanSquare(config)));
        Heads heads = Keys.heads(config, Math.min(8, Keys.queryHeads(config)));
        Decoder decoder = LlamaFamilies.llama(config, heads, feedForward)
                .attention((layer, attention) -> attention.withRotary(Optional.empty()));
        return mixed(
                decoder, every(config, "attn_layer_period", 8, "attn_layer_offset", 4), scan, RecurrentNamings.JAMBA);
    }

    /// Attention with normalised query and key heads in the layers of type `full_attention`, gated short convolutions
    /// in the others.
    static Decoder lfm2(Config config) {
        return lfm2(config, lfm2FeedForward(config));
    }

    /// LFM2 with experts behind the first dense layers.
    static Decoder lfm2Moe(Config config) {
        long dense = config.countOr(2, "num_dense_layers");
        Presence correction = Keys.presence(!config.isFalse("use_expert_bias"));
        return lfm2(
                config,
                Experts.sparse(
                        config,
                        layer -> layer >= dense,
                        () -> Experts.gated(
                                        config,
                                        Experts.routing(
                                                config,
                                                Scoring.SIGMOID,
                                                Experts.weighting(config, Weighting.NORMALIZED)),
                                        "moe_intermediate_size")
                                .withBiases(new MixtureOfExperts.Biases(Presence.ABSENT, correction, Presence.ABSENT))
                                .withScale(config.realOr(1, "routed_scaling_factor"))));
    }

    private static Decoder lfm2(Config config, IntFunction<Sublayer> feedForward) {
        Set<Long> attends = new TreeSet<>(config.counts("full_attn_idxs"));
        IntFunction<String> types = LayerTypes.of(
                config,
                layer -> attends.isEmpty() || attends.contains((long) layer) ? "full_attention" : "conv",
                "full_attention",
                "conv");
        ShortConvolution convolution =
                new ShortConvolution(config.smallSizeOr(3, "conv_L_cache"), Keys.presence(config.isTrue("conv_bias")));
        Heads heads = Keys.heads(config, Math.min(8, Keys.queryHeads(config)));
        Decoder decoder = LlamaFamilies.llama(config, heads, feedForward);
        decoder.attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.EachHead(decoder.norm())))
                .head(config.truth("tie_embedding").orElse(true) ? HeadRecipe.Weights.TIED : HeadRecipe.Weights.OWN);
        return mixed(decoder, layer -> types.apply(layer).equals("full_attention"), convolution, RecurrentNamings.LFM2);
    }

    /// A width that the config may leave to be adjusted: two thirds, times a factor, rounded up to a multiple.
    private static IntFunction<Sublayer> lfm2FeedForward(Config config) {
        long width = config.size("block_ff_dim", "intermediate_size");
        if (!config.isFalse("block_auto_adjust_ff_dim")) {
            width = 2 * width / 3;
            long multiple = config.sizeOr(256, "block_multiple_of");
            width = (long) (config.realOr(1, "block_ffn_dim_multiplier") * width);
            width = Math.multiplyExact(multiple, Math.ceilDiv(width, multiple));
        }
        if (width < 1) {
            throw config.invalid("block_ffn_dim_multiplier", "so small that no width is left", "a positive number");
        }
        Sublayer network =
                new GatedFeedForward(width, Keys.activation(config, ActivationFunction.SILU), Presence.ABSENT);
        return layer -> network;
    }

    private static GroupedStateSpace space(Config config, long normGroups) {
        long inner = Math.multiplyExact(config.sizeOr(2, "mamba_expand"), Keys.hidden(config));
        return StateSpaceFamilies.grouped(
                config,
                inner,
                Optional.of(new GroupedStateSpace.GatedNorm(
                        Keys.rootMeanSquare(config), normGroups, GroupedStateSpace.Order.GATE_FIRST)));
    }

    /// The decoder with another mixer in the layers that do not attend.
    private static Decoder mixed(Decoder decoder, IntPredicate attends, Sublayer other, Naming naming) {
        return decoder.attention((layer, attention) -> attends.test(layer) ? attention : other)
                .naming(before -> naming);
    }

    private static IntPredicate every(
            Config config, String periodKey, long familyPeriod, String offsetKey, long familyOffset) {
        long period = config.sizeOr(familyPeriod, periodKey);
        long offset = config.countOr(familyOffset, offsetKey);
        if (offset >= period) {
            throw config.invalid(offsetKey, Long.toString(offset), "less than the period of " + period + " layers");
        }
        return layer -> layer % period == offset;
    }
}
