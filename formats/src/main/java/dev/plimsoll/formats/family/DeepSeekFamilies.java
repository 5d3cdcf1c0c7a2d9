package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.ExpertNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.Namings;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Routing.Groups;
import dev.plimsoll.model.operator.Routing.Scoring;
import dev.plimsoll.model.operator.Routing.Weighting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// DeepSeek's mixtures of experts, with and without latent attention, and the families that follow them.
final class DeepSeekFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("deepseek", config -> deepSeek(config).transformer()),
            Map.entry("deepseek_v2", config -> deepSeekV2(config).transformer()),
            Map.entry("deepseek_v3", config -> deepSeekV3(config).transformer()),
            Map.entry("kimi_k2", config -> deepSeekV3(config).transformer()),
            Map.entry("deepseek_v32", config -> deepSeekV32(config).transformer()),
            Map.entry("glm_moe_dsa", config -> glmMoeDsa(config).transformer()),
            Map.entry("glm4_moe", config -> glm4Moe(config).transformer()),
            Map.entry("dots1", config -> dots1(config).transformer()),
            Map.entry("bailing_moe", config -> ling(config).transformer()),
            Map.entry("bailing_moe_v2", config -> ling2(config).transformer()));

    private DeepSeekFamilies() {}

    /// Llama with a dense feed-forward network in the first layers and experts, some of them shared, in the others.
    static Decoder deepSeek(Config config) {
        Scoring scoring = Experts.scoring(config, Scoring.SOFTMAX);
        return LlamaFamilies.llama(
                config,
                Keys.heads(config),
                layers(config, 0, () -> experts(config, scoring, Weighting.AS_SCORED, Groups.ONE)));
    }

    /// The first with latent attention; groups of experts where the choice is limited to some.
    static Decoder deepSeekV2(Config config) {
        boolean limited = config.text("topk_method").orElse("greedy").equals("group_limited_greedy");
        Groups groups = limited ? Experts.groups(config, 1, 1, 1) : Groups.ONE;
        Scoring scoring = Experts.scoring(config, Scoring.SOFTMAX);
        return latent(
                config,
                Optional.empty(),
                layers(config, 0, () -> experts(config, scoring, Weighting.AS_SCORED, groups)));
    }

    /// The second with sigmoid scores and a correction of the choice, and layers that predict further tokens.
    static Decoder deepSeekV3(Config config) {
        return latent(config, Optional.empty(), correctedLayers(config, 3, Weighting.NORMALIZED, 8, 4))
                .further(NextTokens::behindDecoder);
    }

    /// The third with attention to the tokens that a small indexer chooses, its heads rotated in halves.
    static Decoder deepSeekV32(Config config) {
        return sparse(config, correctedLayers(config, 3, Weighting.NORMALIZED, 8, 4));
    }

    private static Decoder sparse(Config config, IntFunction<Sublayer> feedForward) {
        Rotary.Pairing pairing =
                config.isTrue("indexer_rope_interleave") ? Rotary.Pairing.NEIGHBOURS : Rotary.Pairing.HALVES;
        LatentAttention.Indexer indexer = new LatentAttention.Indexer(
                config.sizeOr(64, "index_n_heads"),
                indexSize(config),
                config.sizeOr(2048, "index_topk"),
                Keys.rotary(config, config.sizeOr(64, "qk_rope_head_dim"), pairing, Rotary.End.FIRST));
        return latent(config, Optional.of(indexer), feedForward).further(NextTokens::behindDecoder);
    }

    /// DeepSeek V3.2 without groups of experts.
    static Decoder glmMoeDsa(Config config) {
        if (config.sizeOr(1, "index_topk_freq") > 1
                || config.text("index_topk_pattern").orElse("").contains("S")
                || config.texts("indexer_types").contains("shared")) {
            throw config.unsupported(
                    "index_topk_freq", "a choice of tokens shared by layers", "an indexer in every layer");
        }
        return sparse(config, correctedLayers(config, 3, Weighting.NORMALIZED, 1, 1));
    }

    /// Biases on query, key and value, half a head rotated, DeepSeek V3's experts.
    static Decoder glm4Moe(Config config) {
        Heads heads = Keys.heads(config, Math.min(8, Keys.queryHeads(config)));
        Decoder decoder = LlamaFamilies.llama(config, heads, correctedLayers(config, 1, Weighting.NORMALIZED, 1, 1));
        Projection[] biased = config.isTrue("attention_bias")
                ? new Projection[] {Projection.QUERY, Projection.KEY, Projection.VALUE}
                : new Projection[0];
        HeadNorm headNorm = config.isTrue("use_qk_norm") ? new HeadNorm.EachHead(decoder.norm()) : new HeadNorm.None();
        Rotary rotary = Keys.rotary(config, heads.headSize(), 0.5, Rotary.Pairing.HALVES);
        return decoder.attention((layer, attention) ->
                        attention.withBiased(biased).withHeadNorm(headNorm).withRotary(Optional.of(rotary)))
                .further(NextTokens::behindDecoder);
    }

    /// Normalised query and key heads, DeepSeek V3's experts, and a window over the layers from `max_window_layers`.
    static Decoder dots1(Config config) {
        Decoder decoder =
                LlamaFamilies.llama(config, Keys.heads(config), correctedLayers(config, 0, Weighting.AS_SCORED, 1, 1));
        decoder.attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.EachHead(decoder.norm())));
        OptionalLong window = LayerTypes.window(config, 4096);
        long first = config.countOr(62, "max_window_layers");
        return window.isEmpty()
                ? decoder
                : LayerTypes.windowed(
                        decoder, layer -> layer >= first ? LayerTypes.SLIDING : LayerTypes.FULL, window.getAsLong());
    }

    /// The first DeepSeek's layers under other names, with biases where the config says so.
    static Decoder ling(Config config) {
        Scoring scoring = Experts.scoring(config, Scoring.SOFTMAX);
        Projection[] biased = config.isTrue("use_bias")
                ? Projection.values()
                : config.isTrue("use_qkv_bias")
                        ? new Projection[] {Projection.QUERY, Projection.KEY, Projection.VALUE}
                        : new Projection[0];
        return LlamaFamilies.llama(
                        config,
                        Keys.heads(config),
                        layers(config, 0, () -> experts(config, scoring, Weighting.NORMALIZED, Groups.ONE)))
                .attention((layer, attention) -> attention.withBiased(biased))
                .naming(naming -> ExpertNamings.LING);
    }

    /// Ling with normalised query and key heads and DeepSeek V3's experts.
    static Decoder ling2(Config config) {
        Decoder decoder = ling(config);
        decoder.feedForward(correctedLayers(config, 0, Weighting.NORMALIZED, 8, 4));
        return config.isFalse("use_qk_norm")
                ? decoder
                : decoder.attention(
                        (layer, attention) -> attention.withHeadNorm(new HeadNorm.EachHead(decoder.norm())));
    }

    /// Latent attention in every layer.
    private static Decoder latent(
            Config config, Optional<LatentAttention.Indexer> indexer, IntFunction<Sublayer> feedForward) {
        LatentAttention attention = latentAttention(config, indexer);
        Naming naming = attention.queryRank().isPresent()
                ? Namings.LATENT
                : Namings.LATENT.with("attention.query", ".self_attn.q_proj");
        return new Decoder(
                        config,
                        naming,
                        Keys.rootMeanSquare(config),
                        layer -> List.of(attention, feedForward.apply(layer)))
                .head(HeadRecipe.Weights.OWN);
    }

    /// Latent attention as the config sizes it; without `q_lora_rank` queries are projected at once, as in V2-Lite.
    static LatentAttention latentAttention(Config config, Optional<LatentAttention.Indexer> indexer) {
        long plain = config.sizeOr(128, "qk_nope_head_dim");
        long rotated = config.sizeOr(64, "qk_rope_head_dim");
        Rotary.Pairing pairing = config.isFalse("rope_interleave") ? Rotary.Pairing.HALVES : Rotary.Pairing.NEIGHBOURS;
        return new LatentAttention(
                Keys.queryHeads(config),
                config.optionalSize("q_lora_rank"),
                config.sizeOr(512, "kv_lora_rank"),
                plain,
                config.sizeOr(128, "v_head_dim"),
                Keys.rotary(config, rotated, pairing, Rotary.End.LAST),
                Keys.rootMeanSquare(config),
                Keys.presence(config.isTrue("attention_bias")),
                AttentionScores.scaled(stretch(config) / Math.sqrt((double) (plain + rotated))),
                indexer);
    }

    /// YaRN's correction of the scores: `(0.1 · mscale_all_dim · ln factor + 1)^2`. Source: Peng et al. 2023, equation
    /// 21, and DeepSeek-V2's reference implementation.
    private static double stretch(Config config) {
        return config.nested("rope_scaling", "rope_parameters")
                .map(rope -> {
                    double root =
                            0.1 * rope.realOr(0, "mscale_all_dim") * Math.log(Math.max(1, rope.realOr(1, "factor")))
                                    + 1;
                    return root * root;
                })
                .orElse(1.0);
    }

    private static long indexSize(Config config) {
        long size = config.sizeOr(128, "index_head_dim");
        long rotated = config.sizeOr(64, "qk_rope_head_dim");
        if (size < rotated) {
            throw config.invalid(
                    "index_head_dim", Long.toString(size), "at least the " + rotated + " of qk_rope_head_dim");
        }
        return size;
    }

    private static IntFunction<Sublayer> layers(Config config, long familyDense, Supplier<MixtureOfExperts> experts) {
        return Experts.sparse(config, Experts.afterFirstDense(config, familyDense), experts);
    }

    private static MixtureOfExperts experts(Config config, Scoring scoring, Weighting familyDefault, Groups groups) {
        MixtureOfExperts routed = Experts.gated(
                config,
                Experts.routing(config, scoring, Experts.weighting(config, familyDefault), groups),
                "moe_intermediate_size");
        return Experts.withSharedOfSameWidth(config, routed, 0);
    }

    /// Experts chosen by sigmoid scores and a correction, a group of them by its two best.
    private static IntFunction<Sublayer> correctedLayers(
            Config config, long familyDense, Weighting weighting, long groups, long chosenGroups) {
        Scoring scoring = Experts.scoring(config, Scoring.SIGMOID);
        return layers(
                config,
                familyDense,
                () -> Experts.corrected(
                        experts(config, scoring, weighting, Experts.groups(config, groups, chosenGroups, 2))));
    }
}
