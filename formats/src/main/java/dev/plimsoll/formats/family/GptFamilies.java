package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.GptNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.Namings;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.NormRecipe.Affine;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// GPT-2 and the families that are GPT-2 plus a difference: one branch after the other, layer norms, an ungated
/// feed-forward network.
final class GptFamilies {
    static final Map<String, Family> ALL = Map.of(
            "gpt2", config -> gpt2(config).transformer(),
            "gpt_bigcode", config -> gptBigcode(config).transformer(),
            "gpt_neo", config -> GptNeoFamily.gptNeo(config).transformer(),
            "opt", config -> opt(config).transformer(),
            "bloom", config -> bloom(config).transformer(),
            "mpt", config -> mpt(config).transformer(),
            "starcoder2", config -> starcoder2(config).transformer());

    private GptFamilies() {}

    /// Layer norms, biases everywhere, an ungated feed-forward network four times as wide unless the config says
    /// otherwise; no positions yet.
    static Decoder plain(Config config, Naming naming, Heads heads, ActivationFunction function) {
        SelfAttention attention = SelfAttention.causal(heads).withBiased(Projection.values());
        Sublayer feedForward = feedForward(config, function, Presence.PRESENT);
        return new Decoder(config, naming, Keys.layerNorm(config), layer -> List.of(attention, feedForward));
    }

    static Sublayer feedForward(Config config, ActivationFunction function, Presence bias) {
        return feedForward(config, function, bias, "n_inner", "intermediate_size", "ffn_dim");
    }

    /// @param widthKeys what the width is called; four times the stream's where none is there
    static Sublayer feedForward(Config config, ActivationFunction function, Presence bias, String... widthKeys) {
        return new PlainFeedForward(
                config.sizeOr(Math.multiplyExact(4, Keys.hidden(config)), widthKeys),
                Keys.activation(config, function, "activation_function", "hidden_act", "activation"),
                bias);
    }

    /// Learned positions and a tied head.
    static Decoder gpt2(Config config) {
        return gpt2(config, GptNamings.GPT2, Keys.queryHeads(config));
    }

    static Decoder gpt2(Config config, Naming naming, long keyValueHeads) {
        Heads heads = Keys.heads(config, keyValueHeads, Keys.evenHeadSize(config, Keys.queryHeads(config)));
        return plain(config, naming, heads, ActivationFunction.GELU_TANH)
                .embedding(embedding -> embedding.withPositions(positions(config, 1024)))
                .attention((layer, attention) -> attention.withScores(attention
                        .scores()
                        .withScale(scale(config, layer, attention.scores().scale()))))
                .head(HeadRecipe.Weights.TIED);
    }

    private static double scale(Config config, int layer, double usual) {
        double scale = config.isFalse("scale_attn_weights") ? 1 : usual;
        return config.isTrue("scale_attn_by_inverse_layer_idx") ? scale / (layer + 1) : scale;
    }

    /// GPT-2 with one key/value head unless `multi_query` is switched off.
    static Decoder gptBigcode(Config config) {
        long keyValueHeads = config.isFalse("multi_query") ? Keys.queryHeads(config) : 1;
        return gpt2(config, GptNamings.GPT_BIGCODE, keyValueHeads);
    }

    /// Two unused rows before the positions, ReLU, and in one size a narrower table and norms behind each sum.
    static Decoder opt(Config config) {
        Presence bias = config.isFalse("enable_bias") ? Presence.ABSENT : Presence.PRESENT;
        NormRecipe norm = NormRecipe.layer(1e-5)
                .with(config.isFalse("layer_norm_elementwise_affine") ? Affine.NONE : Affine.GAIN_AND_BIAS);
        boolean normsBefore = !config.isFalse("do_layer_norm_before");
        boolean hasFinalNorm = normsBefore && !config.isTrue("_remove_final_layer_norm");
        Sublayer feedForward = feedForward(config, ActivationFunction.RELU, bias);
        Decoder decoder = plain(config, GptNamings.OPT, Keys.evenHeads(config), ActivationFunction.RELU)
                .feedForward(layer -> feedForward)
                .attention((layer, attention) -> attention.withBiased(Keys.projections(bias, bias)))
                .norm(norm)
                .finalNorm(hasFinalNorm ? Optional.of(norm) : Optional.empty())
                .wiring(normsBefore ? Wiring.NORM_BEFORE : Wiring.NORM_AFTER_SUM)
                .embedding(embedding -> embedding.withPositions(Math.addExact(positions(config, 2048), 2)))
                .head(HeadRecipe.Weights.TIED);
        OptionalLong width = config.optionalSize("word_embed_proj_dim");
        return width.isEmpty() || width.getAsLong() == decoder.hidden()
                ? decoder
                : decoder.embedding(embedding -> embedding.withWidth(width.getAsLong(), Presence.ABSENT));
    }

    /// Linear biases in place of positions, and a norm behind the embedding.
    static Decoder bloom(Config config) {
        if (config.isTrue("apply_residual_connection_post_layernorm")) {
            throw config.unsupported("apply_residual_connection_post_layernorm", "true", "false");
        }
        Decoder decoder = plain(config, GptNamings.BLOOM, Keys.evenHeads(config), ActivationFunction.GELU_TANH);
        // Bloom ignores any other width than four times the stream's.
        Sublayer feedForward =
                new PlainFeedForward(4 * decoder.hidden(), ActivationFunction.GELU_TANH, Presence.PRESENT);
        return decoder.feedForward(layer -> feedForward)
                .attention((layer, attention) -> linearBias(attention))
                .embedding(embedding -> embedding.withNorm(decoder.norm()))
                .head(HeadRecipe.Weights.TIED);
    }

    /// Linear biases in place of positions, and no other biases unless `no_bias` is switched off.
    static Decoder mpt(Config config) {
        Optional<Config> said = config.nested("attn_config");
        Presence bias = Keys.presence(config.isFalse("no_bias"));
        boolean usesLinearBias = said.map(how -> !how.isFalse("alibi")).orElse(true);
        Heads heads =
                Keys.heads(config, mptKeyValueHeads(config, said), Keys.evenHeadSize(config, Keys.queryHeads(config)));
        long width = Math.multiplyExact(Keys.hidden(config), config.sizeOr(4, "expansion_ratio"));
        PlainFeedForward feedForward = new PlainFeedForward(width, ActivationFunction.GELU, bias);
        return plain(config, GptNamings.MPT, heads, ActivationFunction.GELU)
                .norm(NormRecipe.layer(1e-5).with(bias == Presence.PRESENT ? Affine.GAIN_AND_BIAS : Affine.GAIN))
                .feedForward(layer -> feedForward)
                .attention((layer, attention) ->
                        (usesLinearBias ? linearBias(attention) : attention).withBiased(Keys.projections(bias, bias)))
                .head(HeadRecipe.Weights.TIED);
    }

    private static long mptKeyValueHeads(Config config, Optional<Config> said) {
        String type = said.flatMap(how -> how.text("attn_type")).orElse("multihead_attention");
        return switch (type) {
            case "multihead_attention" -> Keys.queryHeads(config);
            case "multiquery_attention" -> 1;
            case "grouped_query_attention" -> said.orElse(config).size("kv_n_heads");
            default -> throw config.unsupported("attn_config.attn_type", type, "multi-head, multi-query or grouped");
        };
    }

    /// Rotary positions, grouped queries, and a window over every layer where the config has one.
    static Decoder starcoder2(Config config) {
        Presence bias = config.isFalse("use_bias") ? Presence.ABSENT : Presence.PRESENT;
        Heads heads = Keys.heads(config, 2);
        Sublayer feedForward = feedForward(config, ActivationFunction.GELU_TANH, bias);
        OptionalLong window = config.optionalSize("sliding_window");
        Naming naming = Namings.LLAMA.with("feed_forward.up", ".mlp.c_fc", "feed_forward.down", ".mlp.c_proj");
        return plain(config, naming, heads, ActivationFunction.GELU_TANH)
                .feedForward(layer -> feedForward)
                .attention((layer, attention) -> attention
                        .withBiased(Keys.projections(bias, bias))
                        .withRotary(Optional.of(Keys.rotary(config, heads.headSize())))
                        .withMask(LayerTypes.sliding(window)))
                .head(HeadRecipe.Weights.TIED);
    }

    static SelfAttention linearBias(SelfAttention attention) {
        return attention.withScores(attention.scores().withPositions(new PositionBias.LinearBias()));
    }

    private static long positions(Config config, long classDefault) {
        return Keys.maxPositions(config).orElse(classDefault);
    }
}
