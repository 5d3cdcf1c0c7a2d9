package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Namings;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Rotary;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Families of Llama's layers with constants for embedding, branches, scores and logits.
final class ScaledFamilies {
    static final Map<String, Family> ALL = Map.of(
            "granite", config -> granite(config).transformer(),
            "minicpm", config -> minicpm(config).transformer(),
            "minicpm3", config -> minicpm3(config).transformer());

    private ScaledFamilies() {}

    /// Every constant under a name of its own; the logits are divided by theirs.
    static Decoder granite(Config config) {
        return granite(LlamaFamilies.llama(config), config);
    }

    /// Granite's constants around another decoder.
    static Decoder granite(Decoder decoder, Config config) {
        double logits = config.realOr(1, "logits_scaling");
        if (logits == 0) {
            throw config.invalid("logits_scaling", "0", "a number the logits can be divided by");
        }
        double scores = config.realOr(1, "attention_multiplier");
        return decoder.embedding(embedding -> embedding.withScale(config.realOr(1, "embedding_multiplier")))
                .attention((layer, attention) ->
                        attention.withScores(attention.scores().withScale(scores)))
                .branchScale(config.realOr(1, "residual_multiplier"))
                .head(head -> head.withScale(1 / logits));
    }

    /// Branches times `scale_depth / sqrt(L)`, logits times `dim_model_base / h`.
    static Decoder minicpm(Config config) {
        return scaled(LlamaFamilies.llama(config), config, 1, 1);
    }

    /// MiniCPM with latent attention.
    static Decoder minicpm3(Config config) {
        long heads = Keys.queryHeads(config);
        long plain = config.sizeOr(64, "qk_nope_head_dim");
        long turned = config.sizeOr(32, "qk_rope_head_dim");
        Rotary rotary = Keys.rotary(config, turned, Rotary.Pairing.HALVES, Rotary.End.LAST);
        Decoder decoder =
                LlamaFamilies.llama(config, Keys.heads(config, heads, turned)).naming(naming -> Namings.LATENT);
        LatentAttention attention = new LatentAttention(
                heads,
                config.isNull("q_lora_rank")
                        ? OptionalLong.empty()
                        : OptionalLong.of(config.sizeOr(768, "q_lora_rank")),
                config.sizeOr(256, "kv_lora_rank"),
                plain,
                config.optionalSize("v_head_dim").orElseGet(() -> Keys.evenHeadSize(config, heads)),
                rotary,
                decoder.norm(),
                Keys.presence(config.isTrue("attention_bias")),
                AttentionScores.scaled(1 / Math.sqrt((double) (plain + turned))),
                Optional.empty());
        return scaled(decoder.mixer(layer -> attention), config, 12, 1.4);
    }

    private static Decoder scaled(Decoder decoder, Config config, double embeddingDefault, double depthDefault) {
        double layers = decoder.layers();
        double depth = config.isNull("scale_depth") ? Math.sqrt(layers) : config.realOr(depthDefault, "scale_depth");
        double base = config.realOr((double) decoder.hidden(), "dim_model_base");
        return decoder.head(HeadRecipe.Weights.TIED)
                .embedding(embedding -> embedding.withScale(config.realOr(embeddingDefault, "scale_emb")))
                .branchScale(depth / Math.sqrt(layers))
                .head(head -> head.withScale(base / (double) decoder.hidden()));
    }
}
