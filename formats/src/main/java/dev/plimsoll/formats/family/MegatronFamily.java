package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.operator.ActivationFunction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A decoder as Megatron-LM's shape flags describe it, with Megatron's own defaults: layer norms, biases, learned
/// positions, a tied head, an ungated feed-forward network of 4h.
///
/// Source: Megatron-LM, `megatron/training/arguments.py`.
final class MegatronFamily {
    static final Map<String, Family> ALL =
            Map.of("megatron", config -> megatron(config).transformer());

    private MegatronFamily() {}

    static Decoder megatron(Config config) {
        Heads heads = Keys.heads(config);
        Presence biased = Keys.presence(!config.isFalse("add_bias_linear"));
        boolean rotary = positions(config).equals("rope");
        SelfAttention attention = SelfAttention.causal(heads)
                .withBiased(Keys.projections(biased, biased))
                .withRotary(rotary ? Optional.of(Keys.rotary(config, heads.headSize())) : Optional.empty());
        Sublayer feedForward = feedForward(config, biased);
        Decoder decoder = new Decoder(
                        config, Naming.unpublished(), norm(config), layer -> List.of(attention, feedForward))
                .head(HeadRecipe.Weights.TIED);
        return positions(config).equals("learned_absolute")
                ? decoder.embedding(embedding -> embedding.withPositions(config.size("max_position_embeddings")))
                : decoder;
    }

    private static String positions(Config config) {
        String positions = config.text("position_embedding_type").orElse("learned_absolute");
        return switch (positions) {
            case "learned_absolute", "rope", "none" -> positions;
            default -> throw config.unsupported("position_embedding_type", positions, "learned_absolute, rope or none");
        };
    }

    private static NormRecipe norm(Config config) {
        String norm = config.text("normalization").orElse("LayerNorm");
        return switch (norm) {
            case "LayerNorm" -> Keys.layerNorm(config);
            case "RMSNorm" -> Keys.rootMeanSquare(config);
            default -> throw config.unsupported("normalization", norm, "LayerNorm or RMSNorm");
        };
    }

    private static Sublayer feedForward(Config config, Presence biased) {
        long width = config.size("intermediate_size");
        return config.isTrue("swiglu")
                ? new GatedFeedForward(width, ActivationFunction.SILU, biased)
                : new PlainFeedForward(width, ActivationFunction.GELU, biased);
    }
}
