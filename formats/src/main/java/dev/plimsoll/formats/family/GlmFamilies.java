package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.DenseNamings;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Rotary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The dense GLM models: half of each head rotated, neighbours together.
final class GlmFamilies {
    static final Map<String, Family> ALL = Map.of(
            "chatglm", config -> chatglm(config).transformer(),
            "glm", config -> glm(config).transformer(),
            "glm4", config -> glm4(config).transformer());

    private GlmFamilies() {}

    /// ChatGLM 2 and 3 and the first GLM-4: grouped queries under `multi_query_group_num`, a padded vocabulary.
    static Decoder chatglm(Config config) {
        long queryHeads = Keys.queryHeads(config);
        long groups = config.isTrue("multi_query_attention") ? config.size("multi_query_group_num") : queryHeads;
        long headSize = config.optionalSize("kv_channels").orElseGet(() -> Keys.evenHeadSize(config, queryHeads));
        Heads heads = Keys.heads(config, groups, headSize);
        Presence linear = Keys.presence(config.isTrue("add_bias_linear"));
        Presence queryKeyValue = Keys.presence(config.isTrue("add_bias_linear") || config.isTrue("add_qkv_bias"));
        Rotary half = Keys.rotary(config, headSize, 0.5, Rotary.Pairing.NEIGHBOURS);
        double base = 10_000 * config.realOr(1, "rope_ratio");
        SelfAttention attention = SelfAttention.causal(heads)
                .withBiased(Keys.projections(queryKeyValue, linear))
                .withRotary(Optional.of(new Rotary(half.size(), base, half.pairing(), half.where(), half.scaling())));
        GatedFeedForward feedForward =
                new GatedFeedForward(config.size("ffn_hidden_size"), ActivationFunction.SILU, linear);
        NormRecipe norm = config.isFalse("rmsnorm")
                ? Keys.layerNorm(config)
                : NormRecipe.rootMeanSquare(config.realOr(1e-5, "layernorm_epsilon"));
        long vocabulary = config.size("padded_vocab_size", "vocab_size");
        Decoder decoder = new Decoder(config, DenseNamings.CHATGLM, norm, layer -> List.of(attention, feedForward));
        return decoder.finalNorm(config.isFalse("post_layer_norm") ? Optional.empty() : Optional.of(norm))
                .embedding(embedding -> EmbeddingRecipe.plain(vocabulary, decoder.hidden()))
                .head(HeadRecipe.Weights.OWN)
                .head(head -> head.withVocabulary(vocabulary));
    }

    /// Llama with heads of 128, two key/value heads, biases on query, key and value unless switched off.
    static Decoder glm(Config config) {
        Heads heads = Keys.heads(
                config,
                config.sizeOr(Math.min(2, Keys.queryHeads(config)), "num_key_value_heads"),
                Keys.headSize(config, 128));
        Presence bias = config.isFalse("attention_bias") ? Presence.ABSENT : Presence.PRESENT;
        Rotary rotary = Keys.rotary(config, heads.headSize(), 0.5, Rotary.Pairing.NEIGHBOURS);
        return LlamaFamilies.llama(config, heads)
                .naming(naming -> naming.with("feed_forward.gate", ".mlp.gate_up_proj")
                        .with("feed_forward.up", ".mlp.gate_up_proj"))
                .attention((layer, attention) -> attention
                        .withBiased(Keys.projections(bias, Presence.ABSENT))
                        .withRotary(Optional.of(rotary)));
    }

    /// GLM with norms around each branch.
    static Decoder glm4(Config config) {
        return glm(config)
                .wiring(Wiring.NORM_AROUND)
                .naming(naming -> naming.with("attention.output_normalization", ".post_self_attn_layernorm")
                        .with("feed_forward.normalization", ".post_attention_layernorm")
                        .with("feed_forward.output_normalization", ".post_mlp_layernorm"));
    }
}
