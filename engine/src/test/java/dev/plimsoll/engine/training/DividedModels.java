package dev.plimsoll.engine.training;

import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.shape.Axis;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Models of four layers whose axes divide by 2 and 4, so that devices can share them.
final class DividedModels {
    static final int VOCABULARY = 28;
    static final int TOKENS = 16;
    private static final int HIDDEN = 20;
    private static final int HEADS = 8;
    private static final int HEAD_SIZE = 6;
    private static final int FEED_FORWARD = 24;
    private static final int LAYERS = 4;
    private static final NormRecipe RMS = NormRecipe.rootMeanSquare(1e-6);

    private DividedModels() {}

    /// Learned positions, biases everywhere, the head tied to the table.
    static Transformer gpt() {
        SelfAttention attention =
                SelfAttention.causal(new Heads(HEADS, HEADS, HEAD_SIZE)).withBiased(SelfAttention.Projection.values());
        PlainFeedForward feedForward =
                new PlainFeedForward(FEED_FORWARD, ActivationFunction.GELU_TANH, Presence.PRESENT);
        NormRecipe norm = NormRecipe.layer(1e-5);
        return model(
                "gpt",
                EmbeddingRecipe.plain(VOCABULARY, HIDDEN).withPositions(TOKENS),
                new LayerRecipe(Wiring.NORM_BEFORE, norm, attention, feedForward),
                norm,
                HeadRecipe.Weights.TIED);
    }

    /// Grouped queries, rotated, and a gated feed-forward network.
    static Transformer llama(int keyValueHeads) {
        return decoder("llama", grouped(keyValueHeads), gated());
    }

    static Transformer mixtral() {
        Routing routing = new Routing(8, 2, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
        return decoder(
                "mixtral", grouped(4), MixtureOfExperts.gated(routing, FEED_FORWARD / 2, ActivationFunction.SILU));
    }

    /// Latent attention, experts in groups with a correction, a shared expert.
    static Transformer deepSeek() {
        Routing routing =
                new Routing(8, 3, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED, new Routing.Groups(4, 2, 2));
        MixtureOfExperts experts = MixtureOfExperts.gated(routing, FEED_FORWARD / 2, ActivationFunction.SILU)
                .withBiases(MixtureOfExperts.Biases.CORRECTION)
                .withScale(1.5)
                .withShared(new MixtureOfExperts.SharedExpert(FEED_FORWARD, Presence.ABSENT));
        return decoder("deepseek", latentAttention(), experts);
    }

    private static GatedFeedForward gated() {
        return new GatedFeedForward(FEED_FORWARD, ActivationFunction.SILU, Presence.ABSENT);
    }

    private static SelfAttention grouped(int keyValueHeads) {
        return SelfAttention.causal(new Heads(HEADS, keyValueHeads, HEAD_SIZE))
                .withRotary(Optional.of(rotary(HEAD_SIZE)));
    }

    private static LatentAttention latentAttention() {
        return new LatentAttention(
                HEADS,
                OptionalLong.of(10),
                9,
                5,
                3,
                rotary(2),
                RMS,
                Presence.ABSENT,
                AttentionScores.scaled(0.4),
                Optional.empty());
    }

    private static Rotary rotary(long size) {
        return new Rotary(size, 100, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.None());
    }

    private static Transformer decoder(String name, Sublayer attention, Sublayer feedForward) {
        return model(
                name,
                EmbeddingRecipe.plain(VOCABULARY, HIDDEN),
                new LayerRecipe(Wiring.NORM_BEFORE, RMS, attention, feedForward),
                RMS,
                HeadRecipe.Weights.OWN);
    }

    private static Transformer model(
            String name, EmbeddingRecipe embedding, LayerRecipe layer, NormRecipe norm, HeadRecipe.Weights weights) {
        StackBuilder stack = new StackBuilder(
                        "text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, HIDDEN, key -> TensorNames.NONE)
                .embedding(embedding)
                .layers(Collections.nCopies(LAYERS, layer), 0)
                .finalNorm(norm);
        HeadRecipe head = new HeadRecipe(weights, VOCABULARY, Presence.ABSENT);
        return new Transformer(name, List.of(stack.head(head, embedding).build()), OptionalLong.empty());
    }
}
