package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe.Affine;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Map;

/// Models known from their papers only: no file holds them, and their config keys are Llama's.
final class PaperFamilies {
    static final Map<String, Family> ALL = Map.of(
            "palm", config -> palm(config).transformer(),
            "chinchilla", config -> gopher(config).transformer(),
            "gopher", config -> gopher(config).transformer());

    private PaperFamilies() {}

    /// One layer norm without bias for both branches, one key/value head, a gated feed-forward network, a tied head.
    ///
    /// Source: Chowdhery et al. 2022, section 2.
    static Decoder palm(Config config) {
        Heads heads = Keys.heads(config, config.sizeOr(1, "num_key_value_heads"), config.sizeOr(256, "head_dim"));
        return LlamaFamilies.llama(config, heads)
                .naming(naming -> Naming.unpublished())
                .norm(Keys.layerNorm(config).with(Affine.GAIN))
                .wiring(Wiring.PARALLEL_ONE_NORM)
                .head(HeadRecipe.Weights.TIED);
    }

    /// Gopher and Chinchilla: root-mean-square norms, relative positions through a projection `a·d·h` in each layer, an
    /// ungated feed-forward network.
    ///
    /// Source: Rae et al. 2021, section 3.1, and Dai et al. 2019, equation 5. The papers do not say whether the maps
    /// have biases and whether the head is tied; assumed are none and tied, which meets their counts.
    static Decoder gopher(Config config) {
        Heads heads = Keys.heads(config);
        Parameter relative = new Parameter(
                "attention.relative_position.weight",
                List.of(heads.query(), Shape.of(Axis.HIDDEN, Keys.hidden(config))),
                Parameter.Kind.MATRIX,
                Parameter.Sharing.EACH_LAYER,
                TensorNames.NONE);
        SelfAttention plain = SelfAttention.causal(heads);
        SelfAttention attention = plain.withScores(plain.scores().withPositions(new PositionBias.Sinusoids(relative)));
        PlainFeedForward feedForward = new PlainFeedForward(
                config.sizeOr(Math.multiplyExact(4, Keys.hidden(config)), "intermediate_size"),
                Keys.activation(config, ActivationFunction.GELU),
                Presence.ABSENT);
        return new Decoder(
                        config,
                        Naming.unpublished(),
                        Keys.rootMeanSquare(config),
                        layer -> List.of(attention, feedForward))
                .head(HeadRecipe.Weights.TIED);
    }
}
