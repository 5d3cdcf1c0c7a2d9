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
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.shape.Axis;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Models of a few hundred parameters in the wirings of the field, no two axes of equal extent.
final class TinyModels {
    static final int VOCABULARY = 11;
    static final int HIDDEN = 12;
    private static final int HEADS = 4;
    private static final int HEAD_SIZE = 6;
    private static final int FEED_FORWARD = 14;
    private static final NormRecipe LAYER = NormRecipe.layer(1e-5);
    private static final NormRecipe RMS = NormRecipe.rootMeanSquare(1e-6);
    private static final Heads MULTI_HEAD = new Heads(HEADS, HEADS, HEAD_SIZE);
    private static final Heads GROUPED = new Heads(HEADS, 2, HEAD_SIZE);
    private static final GatedFeedForward GATED =
            new GatedFeedForward(FEED_FORWARD, ActivationFunction.SILU, Presence.ABSENT);

    private TinyModels() {}

    /// Learned positions, biases everywhere, the head tied to the table.
    static Transformer gpt2() {
        return gpt2(HeadRecipe.Weights.TIED);
    }

    static Transformer gpt2(HeadRecipe.Weights weights) {
        SelfAttention attention = SelfAttention.causal(MULTI_HEAD).withBiased(SelfAttention.Projection.values());
        PlainFeedForward feedForward =
                new PlainFeedForward(FEED_FORWARD, ActivationFunction.GELU_TANH, Presence.PRESENT);
        return decoder(
                "gpt2",
                embedding().withPositions(9),
                new LayerRecipe(Wiring.NORM_BEFORE, LAYER, attention, feedForward),
                LAYER,
                weights);
    }

    /// Grouped queries with normed, rotated heads.
    static Transformer llama() {
        SelfAttention attention = SelfAttention.causal(GROUPED)
                .withHeadNorm(new SelfAttention.HeadNorm.EachHead(RMS))
                .withRotary(rotary(Rotary.Pairing.HALVES, Rotary.End.FIRST, HEAD_SIZE, new RotaryScaling.Yarn(4, 16)));
        return decoder(
                "llama",
                embedding(),
                new LayerRecipe(Wiring.NORM_BEFORE, RMS, attention, GATED),
                RMS,
                HeadRecipe.Weights.OWN);
    }

    /// Scaled embeddings, norms beside one around each branch, a window, soft caps, a scalar over each layer.
    static Transformer gemma() {
        NormRecipe norm = RMS.with(NormRecipe.Affine.GAIN_BESIDE_ONE);
        SelfAttention attention = SelfAttention.causal(GROUPED)
                .withHeadNorm(new SelfAttention.HeadNorm.EachHeadItsOwn(RMS))
                .withMask(new AttentionMask.SlidingWindow(3))
                .withScores(AttentionScores.scaled(0.4).withSoftCap(OptionalDouble.of(2)))
                .withRotary(rotary(Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, 4, new RotaryScaling.Linear(2)));
        LayerRecipe layer = new LayerRecipe(
                        Wiring.NORM_AROUND,
                        norm,
                        attention,
                        new GatedFeedForward(FEED_FORWARD, ActivationFunction.GELU_TANH, Presence.PRESENT))
                .withScalar();
        return model(
                "gemma",
                Part.Kind.TEXT_DECODER,
                embedding().withScale(Math.sqrt(HIDDEN)),
                layer,
                Optional.of(norm),
                head(HeadRecipe.Weights.TIED).withScale(0.5).withSoftCap(OptionalDouble.of(3)));
    }

    /// Slopes of distances, both branches of one norm.
    static Transformer parallel() {
        SelfAttention attention = SelfAttention.causal(GROUPED)
                .withScores(AttentionScores.scaled(0.4).withPositions(new PositionBias.LinearBias()));
        PlainFeedForward feedForward = new PlainFeedForward(FEED_FORWARD, ActivationFunction.GELU, Presence.PRESENT);
        return decoder(
                "parallel",
                embedding().withWidth(8, Presence.PRESENT),
                new LayerRecipe(Wiring.PARALLEL_ONE_NORM, LAYER, attention, feedForward)
                        .withBranch(new LayerRecipe.Branch.Gate()),
                LAYER,
                HeadRecipe.Weights.OWN);
    }

    /// An encoder: norms behind the sums, learned positions and types.
    static Transformer bert() {
        SelfAttention attention = SelfAttention.encoder(MULTI_HEAD).withBiased(SelfAttention.Projection.values());
        return model(
                "bert",
                Part.Kind.TEXT_ENCODER,
                embedding().withPositions(9).withTokenTypes(2).withNorm(LAYER),
                new LayerRecipe(
                        Wiring.NORM_AFTER_SUM,
                        LAYER,
                        attention,
                        new PlainFeedForward(FEED_FORWARD, ActivationFunction.GELU, Presence.PRESENT)),
                Optional.empty(),
                head(HeadRecipe.Weights.TIED).withBias(Presence.PRESENT));
    }

    /// Experts with biases and clamped gates, sinks, weights normed.
    static Transformer gptOss() {
        Routing routing = new Routing(5, 2, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
        SelfAttention.Options sinks = new SelfAttention.Options(
                Presence.PRESENT, Presence.PRESENT, SelfAttention.KeysAndValues.OWN, Presence.PRESENT);
        SelfAttention attention = SelfAttention.causal(GROUPED).withOptions(sinks);
        MixtureOfExperts experts = MixtureOfExperts.gated(routing, FEED_FORWARD, ActivationFunction.GELU_QUICK_CLAMPED)
                .withForm(MixtureOfExperts.Form.GATED_CLAMPED)
                .withBiases(new MixtureOfExperts.Biases(Presence.PRESENT, Presence.ABSENT, Presence.PRESENT));
        return decoder(
                "gpt-oss",
                embedding(),
                new LayerRecipe(Wiring.NORM_BEFORE, RMS, attention, experts),
                RMS,
                HeadRecipe.Weights.OWN);
    }

    /// Latent attention, experts in groups with a correction, a gated shared expert.
    static Transformer deepSeek() {
        Routing routing =
                new Routing(6, 3, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED, new Routing.Groups(3, 2, 2));
        MixtureOfExperts experts = MixtureOfExperts.gated(routing, FEED_FORWARD, ActivationFunction.SILU)
                .withBiases(MixtureOfExperts.Biases.CORRECTION)
                .withScale(1.5)
                .withShared(new MixtureOfExperts.SharedExpert(7, Presence.PRESENT));
        return decoder(
                "deepseek",
                embedding(),
                new LayerRecipe(Wiring.NORM_BEFORE, RMS, latentAttention(), experts),
                RMS,
                HeadRecipe.Weights.OWN);
    }

    /// Experts whose inputs are weighted, by scores as they are.
    static Transformer llama4() {
        Routing routing = new Routing(5, 2, Routing.Scoring.SIGMOID, Routing.Weighting.AS_SCORED);
        MixtureOfExperts experts = MixtureOfExperts.gated(routing, FEED_FORWARD, ActivationFunction.SILU)
                .withWeighted(MixtureOfExperts.Weighted.INPUTS);
        SelfAttention attention = SelfAttention.causal(GROUPED).withMask(new AttentionMask.Chunked(3));
        return decoder(
                "llama4",
                embedding(),
                new LayerRecipe(Wiring.NORM_AFTER, RMS, attention, experts),
                RMS,
                HeadRecipe.Weights.TIED);
    }

    static List<Transformer> all() {
        return List.of(gpt2(), llama(), gemma(), parallel(), bert(), gptOss(), deepSeek(), llama4());
    }

    private static LatentAttention latentAttention() {
        return new LatentAttention(
                HEADS,
                OptionalLong.of(10),
                9,
                5,
                3,
                rotary(Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, 2, new RotaryScaling.None())
                        .orElseThrow(),
                RMS,
                Presence.ABSENT,
                AttentionScores.scaled(0.4),
                Optional.empty());
    }

    private static Optional<Rotary> rotary(Rotary.Pairing pairing, Rotary.End where, long size, RotaryScaling scaling) {
        return Optional.of(new Rotary(size, 100, pairing, where, scaling));
    }

    private static EmbeddingRecipe embedding() {
        return EmbeddingRecipe.plain(VOCABULARY, HIDDEN);
    }

    private static HeadRecipe head(HeadRecipe.Weights weights) {
        return new HeadRecipe(weights, VOCABULARY, Presence.ABSENT);
    }

    private static Transformer decoder(
            String name, EmbeddingRecipe embedding, LayerRecipe layer, NormRecipe norm, HeadRecipe.Weights weights) {
        return model(name, Part.Kind.TEXT_DECODER, embedding, layer, Optional.of(norm), head(weights));
    }

    /// Two equal layers.
    private static Transformer model(
            String name,
            Part.Kind kind,
            EmbeddingRecipe embedding,
            LayerRecipe layer,
            Optional<NormRecipe> norm,
            HeadRecipe head) {
        StackBuilder stack = new StackBuilder("text", kind, Axis.SEQUENCE, HIDDEN, key -> TensorNames.NONE)
                .embedding(embedding)
                .layers(List.of(layer, layer), 0);
        norm.ifPresent(stack::finalNorm);
        return new Transformer(name, List.of(stack.head(head, embedding).build()), OptionalLong.empty());
    }
}
