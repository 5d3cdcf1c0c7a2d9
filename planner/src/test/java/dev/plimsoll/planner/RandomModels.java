package dev.plimsoll.planner;

import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedDelta;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelectiveScan;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.ShortConvolution;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/// Decoders of random sizes and random layers, the same for the same seed.
public final class RandomModels {
    private static final Rotary ROTARY =
            new Rotary(4, 10000, Rotary.Pairing.HALVES, Rotary.End.LAST, new RotaryScaling.None());

    private final Random random;

    public RandomModels(long seed) {
        random = new Random(seed);
    }

    public Transformer next() {
        long hidden = 1L + random.nextInt(512);
        List<LayerRecipe> layers = new ArrayList<>();
        int kinds = 1 + random.nextInt(3);
        for (int kind = 0; kind < kinds; kind++) {
            LayerRecipe layer = random.nextBoolean()
                    ? Models.before(mixer(), feedForward())
                    : Models.before(feedForward(), mixer());
            layers.addAll(Models.repeat(layer, 1 + random.nextInt(9)));
        }
        HeadRecipe.Weights head = random.nextBoolean() ? HeadRecipe.Weights.TIED : HeadRecipe.Weights.OWN;
        return Models.decoder(
                "random", EmbeddingRecipe.plain(1 + random.nextInt(3000), hidden), layers, head, Models.RMS);
    }

    private Sublayer mixer() {
        return switch (random.nextInt(6)) {
            case 0 -> latent();
            case 1 ->
                new SelectiveScan(
                        size(64),
                        size(16),
                        1 + random.nextInt(4),
                        size(8),
                        Presence.PRESENT,
                        Presence.ABSENT,
                        Optional.empty());
            case 2 -> {
                long groups = size(3);
                yield new GroupedStateSpace(
                        groups * size(4),
                        size(16),
                        groups,
                        size(16),
                        4,
                        Presence.PRESENT,
                        Presence.ABSENT,
                        Optional.of(new GroupedStateSpace.GatedNorm(
                                Models.RMS, groups, GroupedStateSpace.Order.NORM_FIRST)));
            }
            case 3 -> {
                long keyHeads = size(4);
                yield new GatedDelta(keyHeads, size(16), keyHeads * size(3), size(16), 4, Models.RMS);
            }
            case 4 -> new ShortConvolution(2 + random.nextInt(3), Presence.ABSENT);
            default -> attention();
        };
    }

    private Sublayer attention() {
        long keyValueHeads = size(4);
        return SelfAttention.causal(new Heads(keyValueHeads * size(4), keyValueHeads, size(32), size(32)))
                .withMask(mask());
    }

    private AttentionMask mask() {
        return switch (random.nextInt(4)) {
            case 0 -> new AttentionMask.SlidingWindow(size(100));
            case 1 -> new AttentionMask.Chunked(size(100));
            default -> new AttentionMask.Causal();
        };
    }

    private Sublayer latent() {
        Optional<LatentAttention.Indexer> indexer = random.nextBoolean()
                ? Optional.of(new LatentAttention.Indexer(size(4), 4 + size(16), size(50), ROTARY))
                : Optional.empty();
        return new LatentAttention(
                size(8),
                random.nextBoolean() ? OptionalLong.of(size(32)) : OptionalLong.empty(),
                size(32),
                size(16),
                size(16),
                ROTARY,
                Models.RMS,
                Presence.ABSENT,
                AttentionScores.scaled(1),
                indexer);
    }

    private Sublayer feedForward() {
        return switch (random.nextInt(3)) {
            case 0 -> new PlainFeedForward(size(1000), ActivationFunction.GELU, Presence.PRESENT);
            case 1 -> Models.gated(size(1000));
            default -> {
                long experts = size(16);
                yield MixtureOfExperts.gated(
                                Models.routing(experts, 1 + random.nextInt((int) experts)),
                                size(200),
                                ActivationFunction.SILU)
                        .withBiases(MixtureOfExperts.Biases.CORRECTION);
            }
        };
    }

    private long size(int most) {
        return 1L + random.nextInt(most);
    }
}
