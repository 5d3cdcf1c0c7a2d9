package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.DenseNamings;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// Families of Llama's layers with other norms: OLMo, EXAONE, Apertus.
final class OlmoFamilies {
    static final Map<String, Family> ALL = Map.of(
            "olmo", config -> olmo(config).transformer(),
            "olmo2", config -> olmo2(config).transformer(),
            "olmo3", config -> olmo3(config).transformer(),
            "exaone", config -> exaone(config).transformer(),
            "exaone4", config -> exaone4(config).transformer(),
            "apertus", config -> apertus(config).transformer());

    private OlmoFamilies() {}

    /// Llama with layer norms in which nothing is trained.
    static Decoder olmo(Config config) {
        return LlamaFamilies.llama(config).norm(new NormRecipe(NormalizationKind.LAYER, 1e-5, NormRecipe.Affine.NONE));
    }

    /// Norms behind each branch, queries and keys normalised over all heads together.
    static Decoder olmo2(Config config) {
        Decoder decoder = normsBehind(LlamaFamilies.llama(config));
        return decoder.attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.AllHeads(decoder.norm())));
    }

    /// OLMo 2 with three sliding layers to a full one; only the full ones stretch their rotation.
    static Decoder olmo3(Config config) {
        IntFunction<String> types = LayerTypes.fullEvery(config, 4);
        OptionalLong window = OptionalLong.of(config.sizeOr(4096, "sliding_window"));
        return olmo2(config).attention((layer, attention) -> {
            Rotary full = Keys.rotary(config, attention.heads().headSize());
            Rotary sliding =
                    new Rotary(full.size(), full.base(), full.pairing(), full.where(), new RotaryScaling.None());
            String type = types.apply(layer);
            return attention
                    .withRotary(
                            Optional.of(Keys.rotary(config, type, type.equals(LayerTypes.SLIDING) ? sliding : full)))
                    .withMask(LayerTypes.mask(config, type, window));
        });
    }

    /// Llama under other names, tied.
    static Decoder exaone(Config config) {
        return LlamaFamilies.llama(config)
                .naming(naming -> DenseNamings.EXAONE)
                .attention((layer, attention) -> attention.withBiased())
                .head(HeadRecipe.Weights.TIED);
    }

    /// Norms behind each branch, each head normalised; where some layers slide, the full ones have no positions.
    static Decoder exaone4(Config config) {
        OptionalLong window = LayerTypes.window(config, 4096);
        boolean slides = window.isPresent();
        IntFunction<String> types = slides ? exaone4Types(config) : Keys.layerTypes(config, layer -> LayerTypes.FULL);
        Decoder decoder = normsBehind(LlamaFamilies.llama(config));
        return decoder.attention((layer, attention) -> {
            boolean turns = !slides || types.apply(layer).equals(LayerTypes.SLIDING);
            return attention
                    .withBiased()
                    .withHeadNorm(new HeadNorm.EachHead(decoder.norm()))
                    .withRotary(turns ? attention.rotary() : Optional.empty())
                    .withMask(LayerTypes.mask(config, types.apply(layer), window));
        });
    }

    /// The pattern is a period, or a text of L (local, sliding) and G (global, full) whose last layer is full anyway.
    private static IntFunction<String> exaone4Types(Config config) {
        if (!config.isText("sliding_window_pattern")) {
            return LayerTypes.fullEvery(config, config.sizeOr(4, "sliding_window_pattern"));
        }
        String pattern = config.text("sliding_window_pattern").orElse("");
        if (!pattern.matches("[LG]+")) {
            throw config.invalid("sliding_window_pattern", "'" + pattern + "'", "letters L and G");
        }
        int last = Keys.layers(config) - 1;
        return Keys.layerTypes(
                config,
                layer -> layer == last || pattern.charAt(layer % pattern.length()) == 'G'
                        ? LayerTypes.FULL
                        : LayerTypes.SLIDING);
    }

    /// Each head normalised, an ungated feed-forward network with a trained activation.
    static Decoder apertus(Config config) {
        Decoder decoder = LlamaFamilies.llama(config)
                .naming(naming -> naming.with("attention.normalization", ".attention_layernorm")
                        .with("feed_forward.normalization", ".feedforward_layernorm")
                        .with("feed_forward.activation", ".mlp.act_fn"));
        PlainFeedForward feedForward = new PlainFeedForward(
                config.size("intermediate_size"),
                Keys.activation(config, ActivationFunction.XIELU),
                Keys.presence(config.isTrue("mlp_bias")));
        return decoder.feedForward(layer -> feedForward)
                .attention((layer, attention) -> attention.withHeadNorm(new HeadNorm.EachHead(decoder.norm())));
    }

    private static Decoder normsBehind(Decoder decoder) {
        return decoder.wiring(Wiring.NORM_AFTER)
                .naming(naming -> naming.with("attention.output_normalization", ".post_attention_layernorm")
                        .with("feed_forward.output_normalization", ".post_feedforward_layernorm"));
    }
}
