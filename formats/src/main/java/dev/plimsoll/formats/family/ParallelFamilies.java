package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.GptNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe.Affine;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Rotary;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// Families whose attention and feed-forward network stand beside each other.
final class ParallelFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("gptj", config -> gptj(config).transformer()),
            Map.entry("gpt_neox", config -> gptNeox(config).transformer()),
            Map.entry("phi", config -> phi(config, GptNamings.PHI).transformer()),
            Map.entry("phi-msft", config -> phi(config, GptNamings.PHI_MSFT).transformer()),
            Map.entry("falcon", config -> falcon(config, Presence.ABSENT).transformer()),
            Map.entry("RefinedWeb", config -> falcon(config, Presence.PRESENT).transformer()),
            Map.entry(
                    "RefinedWebModel", config -> falcon(config, Presence.ABSENT).transformer()),
            Map.entry("stablelm", config -> stablelm(config).transformer()),
            Map.entry("cohere", config -> cohere(config).transformer()),
            Map.entry("cohere2", config -> cohere2(config).transformer()));

    private ParallelFamilies() {}

    /// One norm for both branches, neighbours rotated, a head with a bias.
    static Decoder gptj(Config config) {
        Heads heads = Keys.evenHeads(config);
        Rotary rotary = partOf(config, heads, 1, Rotary.Pairing.NEIGHBOURS);
        return GptFamilies.plain(config, GptNamings.GPTJ, heads, ActivationFunction.GELU_TANH)
                .wiring(Wiring.PARALLEL_ONE_NORM)
                .attention((layer, attention) -> attention.withBiased().withRotary(Optional.of(rotary)))
                .head(HeadRecipe.Weights.OWN)
                .headBias(Presence.PRESENT);
    }

    /// A norm for each branch, a quarter of each head rotated.
    static Decoder gptNeox(Config config) {
        Heads heads = Keys.evenHeads(config);
        Rotary rotary = Keys.rotary(config, heads.headSize(), 0.25, Rotary.Pairing.HALVES);
        Presence bias = config.isFalse("attention_bias") ? Presence.ABSENT : Presence.PRESENT;
        return GptFamilies.plain(config, GptNamings.GPT_NEOX, heads, ActivationFunction.GELU)
                .wiring(config.isFalse("use_parallel_residual") ? Wiring.NORM_BEFORE : Wiring.PARALLEL_TWO_NORMS)
                .attention((layer, attention) ->
                        attention.withBiased(Keys.projections(bias, bias)).withRotary(Optional.of(rotary)))
                .head(HeadRecipe.Weights.OWN);
    }

    /// One norm for both branches, half of each head rotated, biases everywhere.
    static Decoder phi(Config config, Naming naming) {
        Heads heads = Keys.heads(config);
        Rotary rotary = partOf(config, heads, 0.5, Rotary.Pairing.HALVES);
        Decoder decoder = GptFamilies.plain(config, naming, heads, ActivationFunction.GELU_TANH)
                .wiring(Wiring.PARALLEL_ONE_NORM)
                .head(HeadRecipe.Weights.OWN)
                .headBias(Presence.PRESENT);
        HeadNorm headNorm = config.isTrue("qk_layernorm") ? new HeadNorm.EachHead(decoder.norm()) : new HeadNorm.None();
        return decoder.attention(
                (layer, attention) -> attention.withRotary(Optional.of(rotary)).withHeadNorm(headNorm));
    }

    /// As many elements as `rotary_dim` says, else a part of the head.
    private static Rotary partOf(Config config, Heads heads, double defaultPart, Rotary.Pairing pairing) {
        OptionalLong size = config.optionalSize("rotary_dim");
        if (size.isPresent() && size.getAsLong() > heads.headSize()) {
            throw config.invalid(
                    "rotary_dim", Long.toString(size.getAsLong()), "at most the head size " + heads.headSize());
        }
        return size.isPresent()
                ? Keys.rotary(config, size.getAsLong(), pairing, Rotary.End.FIRST)
                : Keys.rotary(config, heads.headSize(), defaultPart, pairing);
    }

    /// One key/value head; in the new architecture groups, and a norm for each branch.
    ///
    /// @param newByName whether the family's old name alone says that it is the new architecture
    static Decoder falcon(Config config, Presence newByName) {
        boolean isNew = newByName == Presence.PRESENT || config.isTrue("new_decoder_architecture");
        long queryHeads = Keys.queryHeads(config);
        long keyValueHeads = config.isFalse("multi_query") ? queryHeads : 1;
        if (isNew) {
            keyValueHeads = config.sizeOr(queryHeads, "num_kv_heads", "n_head_kv");
        }
        Heads heads = Keys.heads(config, keyValueHeads, Keys.evenHeadSize(config, queryHeads));
        Presence bias = Keys.presence(config.isTrue("bias"));
        Sublayer feedForward = GptFamilies.feedForward(config, ActivationFunction.GELU, bias, "ffn_hidden_size");
        Wiring wiring = falconWiring(config, isNew ? 2 : 1);
        Naming naming = wiring == Wiring.PARALLEL_TWO_NORMS ? GptNamings.FALCON_TWO_NORMS : GptNamings.BLOOM;
        Decoder decoder = GptFamilies.plain(config, naming, heads, ActivationFunction.GELU)
                .feedForward(layer -> feedForward)
                .wiring(wiring)
                .head(HeadRecipe.Weights.TIED);
        return decoder.attention((layer, attention) -> {
            Optional<Rotary> rotary = Optional.of(Keys.rotary(config, heads.headSize()));
            return (config.isTrue("alibi") ? GptFamilies.linearBias(attention) : attention.withRotary(rotary))
                    .withBiased(Keys.projections(bias, bias));
        });
    }

    private static Wiring falconWiring(Config config, long defaultNorms) {
        if (config.isFalse("parallel_attn")) {
            return Wiring.NORM_BEFORE;
        }
        return config.sizeOr(defaultNorms, "num_ln_in_parallel_attn") == 2
                ? Wiring.PARALLEL_TWO_NORMS
                : Wiring.PARALLEL_ONE_NORM;
    }

    /// Llama with layer norms and a quarter of each head rotated; in the largest one, one norm for both branches and
    /// heads normalised each with gains of its own.
    static Decoder stablelm(Config config) {
        Decoder decoder = LlamaFamilies.llama(config)
                .naming(naming -> naming.with("attention.query_normalization", ".self_attn.q_layernorm.norms.{expert}")
                        .with("attention.key_normalization", ".self_attn.k_layernorm.norms.{expert}"))
                .norm(Keys.layerNorm(config))
                .wiring(config.isTrue("use_parallel_residual") ? Wiring.PARALLEL_ONE_NORM : Wiring.NORM_BEFORE);
        Presence bias = Keys.presence(config.isTrue("use_qkv_bias"));
        HeadNorm headNorm = config.isTrue("qk_layernorm")
                ? new HeadNorm.EachHeadItsOwn(decoder.norm().with(Affine.GAIN))
                : new HeadNorm.None();
        return decoder.attention((layer, attention) -> attention
                .withBiased(Keys.projections(bias, Presence.ABSENT))
                .withHeadNorm(headNorm)
                .withRotary(
                        Optional.of(Keys.rotary(config, attention.heads().headSize(), 0.25, Rotary.Pairing.HALVES))));
    }

    /// Llama with one layer norm for both branches, neighbours rotated, and scaled logits of a tied head.
    static Decoder cohere(Config config) {
        Decoder decoder = LlamaFamilies.llama(config)
                .norm(Keys.layerNorm(config).with(Affine.GAIN))
                .wiring(Wiring.PARALLEL_ONE_NORM)
                .head(HeadRecipe.Weights.TIED)
                .head(head -> head.withScale(config.realOr(0.0625, "logit_scale")));
        HeadNorm headNorm =
                config.isTrue("use_qk_norm") ? new HeadNorm.EachHeadItsOwn(decoder.norm()) : new HeadNorm.None();
        return decoder.attention((layer, attention) -> attention
                .withHeadNorm(headNorm)
                .withRotary(
                        Optional.of(Keys.rotary(config, attention.heads().headSize(), 1, Rotary.Pairing.NEIGHBOURS))));
    }

    /// Cohere with three sliding layers to a full one, which has no positions.
    static Decoder cohere2(Config config) {
        IntFunction<String> types =
                LayerTypes.fullEvery(config, config.sizeOr(4, "sliding_window_pattern", "_sliding_window_pattern"));
        OptionalLong window = OptionalLong.of(config.sizeOr(4096, "sliding_window"));
        return cohere(config)
                .attention((layer, attention) -> attention
                        .withHeadNorm(new HeadNorm.None())
                        .withMask(LayerTypes.mask(config, types.apply(layer), window))
                        .withRotary(
                                types.apply(layer).equals(LayerTypes.SLIDING) ? attention.rotary() : Optional.empty()));
    }
}
