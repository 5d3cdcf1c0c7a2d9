package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.DenseNamings;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.NormRecipe.Affine;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention.HeadNorm;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// Gemma's first three generations.
final class GemmaFamilies {
    static final Map<String, Family> ALL = Map.of(
            "gemma", config -> gemma(config).transformer(),
            "gemma2", config -> gemma2(config).transformer(),
            "gemma3_text", config -> gemma3Text(config).transformer());

    private GemmaFamilies() {}

    /// Llama with heads of 256, embeddings times `sqrt(h)`, gains stored beside one, and a tied head.
    static Decoder gemma(Config config) {
        return gemma(config, Keys.queryHeads(config));
    }

    private static Decoder gemma(Config config, long defaultKeyValueHeads) {
        Heads heads = Keys.heads(
                config, config.sizeOr(defaultKeyValueHeads, "num_key_value_heads"), Keys.headSize(config, 256));
        Decoder decoder = LlamaFamilies.llama(config, heads);
        NormRecipe norm = Keys.rootMeanSquare(config).with(Affine.GAIN_BESIDE_ONE);
        GatedFeedForward feedForward = feedForward(config, config.size("intermediate_size"));
        return decoder.norm(norm)
                .feedForward(layer -> feedForward)
                .embedding(embedding -> embedding.withScale(Math.sqrt((double) decoder.hidden())))
                .head(HeadRecipe.Weights.TIED);
    }

    /// Gated by GELU's tanh form whatever `hidden_act` says, as the first configs named it wrongly.
    static GatedFeedForward feedForward(Config config, long width) {
        return new GatedFeedForward(
                width, Keys.activation(config, ActivationFunction.GELU_TANH, "hidden_activation"), Presence.ABSENT);
    }

    /// Norms around each branch, capped scores and logits, and a window over every other layer.
    static Decoder gemma2(Config config) {
        IntFunction<String> types = LayerTypes.fullEvery(config, 2);
        return aroundBranches(gemma(config, Math.min(4, Keys.queryHeads(config))), config, types, OptionalDouble.of(50))
                .head(head -> head.withSoftCap(cap(config, "final_logit_softcapping", OptionalDouble.of(30))));
    }

    private static final Map<String, Long> GEMMA3_SIZES = Map.of(
            "vocab_size", 262_208L,
            "hidden_size", 2304L,
            "intermediate_size", 9216L,
            "num_hidden_layers", 26L,
            "num_attention_heads", 8L);

    /// Gemma 2 with normalised heads, five sliding layers to a full one, and a rotation of their own for those.
    ///
    /// A multimodal model's config leaves out the sizes that are the class's own.
    static Decoder gemma3Text(Config said) {
        Config config = said.withDefaults(GEMMA3_SIZES);
        refuseLookingAhead(config);
        IntFunction<String> types =
                LayerTypes.fullEvery(config, config.sizeOr(6, "sliding_window_pattern", "_sliding_window_pattern"));
        Decoder decoder = aroundBranches(
                gemma(config, Math.min(4, Keys.queryHeads(config))), config, types, OptionalDouble.empty());
        double localBase = config.realOr(10_000, "rope_local_base_freq");
        return decoder.attention((layer, attention) -> {
                    Rotary global = globalRotary(config, attention.heads().headSize());
                    Rotary here = types.apply(layer).equals(LayerTypes.SLIDING)
                            ? new Rotary(
                                    global.size(),
                                    localBase,
                                    global.pairing(),
                                    global.where(),
                                    new RotaryScaling.None())
                            : global;
                    return attention
                            .withRotary(Optional.of(Keys.rotary(config, types.apply(layer), here)))
                            .withHeadNorm(new HeadNorm.EachHead(decoder.norm()));
                })
                .head(head -> head.withSoftCap(cap(config, "final_logit_softcapping", OptionalDouble.empty())));
    }

    /// Attention to later tokens (embedding models) is not described.
    static void refuseLookingAhead(Config config) {
        if (config.isText("use_bidirectional_attention")
                ? config.text("use_bidirectional_attention").equals(Optional.of("all"))
                : config.isTrue("use_bidirectional_attention")) {
            throw config.unsupported("use_bidirectional_attention", "set", "attention to earlier tokens only");
        }
    }

    private static Decoder aroundBranches(
            Decoder decoder, Config config, IntFunction<String> types, OptionalDouble defaultCap) {
        OptionalLong window = OptionalLong.of(config.sizeOr(4096, "sliding_window"));
        OptionalDouble cap = cap(config, "attn_logit_softcapping", defaultCap);
        double scale = 1 / Math.sqrt(config.realOr(256, "query_pre_attn_scalar"));
        return decoder.naming(naming -> DenseNamings.NORMS_AROUND)
                .wiring(Wiring.NORM_AROUND)
                .attention((layer, attention) -> attention
                        .withMask(LayerTypes.mask(config, types.apply(layer), window))
                        .withScores(attention.scores().withScale(scale).withSoftCap(cap)));
    }

    private static Rotary globalRotary(Config config, long headSize) {
        Rotary rotary = Keys.rotary(config, headSize);
        boolean says = config.has("rope_theta") || config.has("rope_parameters");
        return says ? rotary : new Rotary(rotary.size(), 1_000_000, rotary.pairing(), rotary.where(), rotary.scaling());
    }

    private static OptionalDouble cap(Config config, String key, OptionalDouble classDefault) {
        OptionalDouble said = config.optionalReal(key);
        return said.isPresent() || config.isNull(key) ? said : classDefault;
    }
}
