package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Small text stacks whose axes divide by 2 and 4.
final class SmallStacks {
    static final long H = 24;
    static final long A = 8;
    static final long K = 4;
    static final long D = 6;
    static final long F = 48;
    static final long V = 64;
    static final long EXPERTS = 8;
    static final long TOP_K = 2;
    static final long POSITIONS = 32;

    private static final Rotary ROTARY =
            new Rotary(D, 10_000, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.None());

    private SmallStacks() {}

    /// Learned positions, biases, LayerNorm, GELU of width `4h`, and a head tied to the token table.
    static Transformer classic(int layers) {
        SelfAttention attention =
                SelfAttention.causal(new Heads(A, A, H / A)).withBiased(SelfAttention.Projection.values());
        LayerRecipe layer = new LayerRecipe(
                Wiring.NORM_BEFORE,
                NormRecipe.layer(1e-5),
                attention,
                new PlainFeedForward(4 * H, ActivationFunction.GELU_TANH, Presence.PRESENT));
        return stack(
                layer,
                layers,
                EmbeddingRecipe.plain(V, H).withPositions(POSITIONS),
                NormRecipe.layer(1e-5),
                HeadRecipe.Weights.TIED);
    }

    /// Rotations, RMSNorm, grouped queries, a gated feed-forward network, and a head of its own.
    static Transformer modern(int layers, long keyValueHeads) {
        return modern(layers, keyValueHeads, new GatedFeedForward(F, ActivationFunction.SILU, Presence.ABSENT));
    }

    static Transformer experts(int layers) {
        Routing routing = new Routing(EXPERTS, TOP_K, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
        return modern(layers, K, MixtureOfExperts.gated(routing, F, ActivationFunction.SILU));
    }

    private static Transformer modern(int layers, long keyValueHeads, Sublayer feedForward) {
        SelfAttention attention =
                SelfAttention.causal(new Heads(A, keyValueHeads, D)).withRotary(Optional.of(ROTARY));
        NormRecipe norm = NormRecipe.rootMeanSquare(1e-6);
        return stack(
                new LayerRecipe(Wiring.NORM_BEFORE, norm, attention, feedForward),
                layers,
                EmbeddingRecipe.plain(V, H),
                norm,
                HeadRecipe.Weights.OWN);
    }

    private static Transformer stack(
            LayerRecipe layer, int layers, EmbeddingRecipe embedding, NormRecipe norm, HeadRecipe.Weights head) {
        BlockBuilder first = builder("embedding");
        Block embed = first.build(embedding.append(first));
        BlockBuilder middle = builder("layer");
        Block body = middle.build(layer.append(middle, hidden(middle)));
        BlockBuilder last = builder("head");
        Value normed = last.normalize("normalization", hidden(last), norm, 1);
        Block end = last.build(new HeadRecipe(head, V, Presence.ABSENT).append(last, normed, embedding));
        Part part = new Part(
                "text",
                Part.Kind.TEXT_DECODER,
                Axis.SEQUENCE,
                List.of(new LayerRun(embed, 0, 1), new LayerRun(body, 0, layers), new LayerRun(end, 0, 1)));
        return new Transformer("small", List.of(part), OptionalLong.of(POSITIONS));
    }

    private static BlockBuilder builder(String name) {
        return new BlockBuilder(name, key -> TensorNames.NONE, Axis.SEQUENCE, Parameter.Sharing.EACH_LAYER);
    }

    private static Value hidden(BlockBuilder builder) {
        return builder.input("hidden", Shape.of(Axis.HIDDEN, H));
    }
}
