package dev.plimsoll.engine.generation;

import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.TensorNaming;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.shape.Axis;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Decoders wired as the families are, of a few thousand parameters.
final class TinyModels {
    static final int VOCABULARY = 19;
    static final int HIDDEN = 20;
    static final int LATENT = 7;
    static final int ROTATED = 4;
    static final NormRecipe RMS = NormRecipe.rootMeanSquare(1e-6);
    static final NormRecipe LAYER = NormRecipe.layer(1e-5);
    static final EmbeddingRecipe TOKENS = EmbeddingRecipe.plain(VOCABULARY, HIDDEN);

    private TinyModels() {}

    static List<Transformer> all() {
        return List.of(gpt(), bloom(), llama(), parallel(), windows(), sinks(), chunks(), mixture(), deepSeek());
    }

    /// Learned positions, biases, a tied head.
    static Transformer gpt() {
        SelfAttention attention =
                SelfAttention.causal(new Heads(4, 4, 5)).withBiased(SelfAttention.Projection.values());
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                LAYER,
                attention,
                new PlainFeedForward(24, ActivationFunction.GELU, Presence.PRESENT));
        return decoder("gpt2", TOKENS.withPositions(32), List.of(layer, layer), LAYER);
    }

    /// A slope for each head, and a norm behind the embedding.
    static Transformer bloom() {
        SelfAttention plain = SelfAttention.causal(new Heads(4, 4, 5));
        SelfAttention attention = plain.withScores(plain.scores().withPositions(new PositionBias.LinearBias()));
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                LAYER,
                attention,
                new PlainFeedForward(24, ActivationFunction.GELU_TANH, Presence.PRESENT));
        return decoder("bloom", TOKENS.withNorm(LAYER), List.of(layer, layer), LAYER);
    }

    /// Grouped queries, rotations, gated feed-forward.
    static Transformer llama() {
        return decoder("llama", TOKENS, List.of(before(grouped(2), gated()), before(grouped(2), gated())), RMS);
    }

    /// One key/value head, and both sublayers beside each other.
    static Transformer parallel() {
        LayerRecipe layer = new LayerRecipe(LayerRecipe.Wiring.PARALLEL_ONE_NORM, LAYER, grouped(1), gated());
        return decoder("falcon", TOKENS, List.of(layer, layer), LAYER);
    }

    /// A window in every other layer, norms of queries and keys, soft caps.
    static Transformer windows() {
        SelfAttention full = grouped(2).withHeadNorm(new SelfAttention.HeadNorm.EachHead(RMS));
        SelfAttention capped = full.withScores(full.scores().withSoftCap(OptionalDouble.of(2)));
        SelfAttention sliding = capped.withMask(new AttentionMask.SlidingWindow(3));
        return decoder(
                "gemma",
                TOKENS.withScale(2),
                List.of(
                        new LayerRecipe(LayerRecipe.Wiring.NORM_AROUND, RMS, sliding, gated()),
                        new LayerRecipe(LayerRecipe.Wiring.NORM_AROUND, RMS, capped, gated())),
                RMS);
    }

    /// Learned sinks, and a rotation that is stretched.
    static Transformer sinks() {
        RotaryScaling yarn = new RotaryScaling.Yarn(4, 16);
        SelfAttention full = grouped(2)
                .withRotary(Optional.of(rotary(8, yarn)))
                .withOptions(new SelfAttention.Options(
                        Presence.PRESENT, Presence.ABSENT, SelfAttention.KeysAndValues.OWN, Presence.PRESENT));
        return decoder(
                "gpt_oss",
                TOKENS,
                List.of(before(full.withMask(new AttentionMask.SlidingWindow(4)), gated()), before(full, gated())),
                RMS);
    }

    /// Chunks, and a layer without.
    static Transformer chunks() {
        SelfAttention chunked = grouped(2).withMask(new AttentionMask.Chunked(4));
        return decoder("llama4", TOKENS, List.of(before(chunked, gated()), before(grouped(2), gated())), RMS);
    }

    static Transformer mixture() {
        MixtureOfExperts experts = MixtureOfExperts.gated(
                new Routing(5, 2, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED), 9, ActivationFunction.SILU);
        return decoder("mixtral", TOKENS, List.of(before(grouped(2), experts), before(grouped(2), experts)), RMS);
    }

    /// Latent attention, with and without a latent of the query, and shared experts.
    static Transformer deepSeek() {
        MixtureOfExperts experts = MixtureOfExperts.gated(
                        new Routing(6, 2, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED),
                        9,
                        ActivationFunction.SILU)
                .withShared(new MixtureOfExperts.SharedExpert(9, Presence.ABSENT));
        return decoder(
                "deepseek_v3",
                TOKENS,
                List.of(before(latent(OptionalLong.empty()), gated()), before(latent(OptionalLong.of(11)), experts)),
                RMS);
    }

    /// Three heads of six plain and four rotated elements, values of five.
    static LatentAttention latent(OptionalLong queryRank) {
        return new LatentAttention(
                3,
                queryRank,
                LATENT,
                6,
                5,
                new Rotary(ROTATED, 100, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None()),
                RMS,
                Presence.ABSENT,
                AttentionScores.scaled(1 / Math.sqrt(10.0)),
                Optional.empty());
    }

    static SelfAttention grouped(long keyValueHeads) {
        return SelfAttention.causal(new Heads(4, keyValueHeads, 8))
                .withRotary(Optional.of(rotary(8, new RotaryScaling.None())));
    }

    static Rotary rotary(long size, RotaryScaling scaling) {
        return new Rotary(size, 100, Rotary.Pairing.HALVES, Rotary.End.FIRST, scaling);
    }

    static GatedFeedForward gated() {
        return new GatedFeedForward(24, ActivationFunction.SILU, Presence.ABSENT);
    }

    static LayerRecipe before(Sublayer... sublayers) {
        return new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, RMS, sublayers);
    }

    static Transformer decoder(
            String architecture, EmbeddingRecipe embedding, List<LayerRecipe> layers, NormRecipe finalNorm) {
        Part part = new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, HIDDEN, TensorNaming.NONE)
                .embedding(embedding)
                .layers(layers, 0)
                .finalNorm(finalNorm)
                .head(new HeadRecipe(HeadRecipe.Weights.TIED, VOCABULARY, Presence.ABSENT), embedding)
                .build();
        return new Transformer(architecture, List.of(part), OptionalLong.empty());
    }
}
