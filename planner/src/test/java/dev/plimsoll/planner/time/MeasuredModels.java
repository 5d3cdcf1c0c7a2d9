package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.planner.Models;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The families of models whose training was measured, in any size.
final class MeasuredModels {
    private MeasuredModels() {}

    static Transformer of(
            String family,
            long layers,
            long hidden,
            long width,
            long heads,
            long keyValueHeads,
            long vocabulary,
            long positions) {
        Heads shape = new Heads(heads, keyValueHeads, hidden / heads);
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(vocabulary, hidden);
        return switch (family) {
            case "gpt" -> Models.gpt(layers, hidden, heads, vocabulary, positions);
            case "mpt" ->
                Models.decoder(
                        family,
                        embedding.withPositions(positions),
                        Models.repeat(
                                layer(
                                        Models.LAYER.with(NormRecipe.Affine.GAIN),
                                        SelfAttention.causal(shape),
                                        new PlainFeedForward(width, ActivationFunction.GELU, Presence.ABSENT)),
                                layers),
                        HeadRecipe.Weights.TIED,
                        Models.LAYER);
            case "llama" ->
                Models.decoder(
                        family,
                        embedding,
                        Models.repeat(layer(Models.RMS, rotated(shape), Models.gated(width)), layers),
                        HeadRecipe.Weights.OWN,
                        Models.RMS);
            case "squared" ->
                Models.decoder(
                        family,
                        embedding,
                        Models.repeat(
                                layer(
                                        Models.LAYER,
                                        rotated(shape),
                                        new PlainFeedForward(width, ActivationFunction.RELU_SQUARED, Presence.ABSENT)),
                                layers),
                        HeadRecipe.Weights.OWN,
                        Models.LAYER);
            case "deepseek" -> deepSeekV2(layers, embedding);
            default -> throw new IllegalArgumentException(family);
        };
    }

    private static LayerRecipe layer(NormRecipe norm, Sublayer... sublayers) {
        return new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, norm, sublayers);
    }

    private static SelfAttention rotated(Heads heads) {
        return SelfAttention.causal(heads).withRotary(Optional.of(rotary(heads.headSize(), Rotary.End.FIRST)));
    }

    private static Rotary rotary(long size, Rotary.End end) {
        return new Rotary(size, 10000, Rotary.Pairing.HALVES, end, new RotaryScaling.None());
    }

    /// 160 experts of 1,536, six for each token and two for all, behind one dense layer. Source: DeepSeek-V2 (2024),
    /// section 3.1.2.
    private static Transformer deepSeekV2(long layers, EmbeddingRecipe embedding) {
        LatentAttention attention = new LatentAttention(
                128,
                OptionalLong.of(1536),
                512,
                128,
                128,
                rotary(64, Rotary.End.LAST),
                Models.RMS,
                Presence.ABSENT,
                AttentionScores.scaled(1 / Math.sqrt(192.0)),
                Optional.empty());
        List<LayerRecipe> all = new ArrayList<>(List.of(Models.before(attention, Models.gated(12288))));
        all.addAll(Models.repeat(
                Models.before(
                        attention,
                        MixtureOfExperts.gated(Models.routing(160, 6), 1536, ActivationFunction.SILU)
                                .withShared(new MixtureOfExperts.SharedExpert(3072, Presence.ABSENT))),
                layers - 1));
        return Models.decoder("deepseek_v2", embedding, all, HeadRecipe.Weights.OWN, Models.RMS);
    }
}
