package dev.plimsoll.verification;

import dev.plimsoll.model.architecture.DenseBesideExperts;
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
import dev.plimsoll.model.architecture.WiredOtherwise;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/// Small architectures of everything that is executed.
final class RandomModels {
    /// What a model is drawn for.
    enum Use {
        /// Whole sequences: any mask, any rotation.
        SEQUENCES,
        /// Texts that grow: nothing looks at later tokens, and no rotation changes.
        GROWING_TEXTS
    }

    /// What is executed of the functions of one number: xIELU's scalars are not.
    private static final List<ActivationFunction> FUNCTIONS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(ActivationFunction.XIELU)));

    private final Random random;
    private final Use use;
    private final Set<LayerRecipe.Wiring> wirings = EnumSet.noneOf(LayerRecipe.Wiring.class);

    RandomModels(Random random, Use use) {
        this.random = random;
        this.use = use;
    }

    /// All that were drawn so far.
    Set<LayerRecipe.Wiring> wirings() {
        return wirings;
    }

    /// @param positions that a table of positions must have rows for
    Transformer next(int positions) {
        long hidden = size(20);
        NormRecipe norm = norm();
        EmbeddingRecipe embedding = embedding(hidden, positions, norm);
        long scores = random.nextInt(4) == 0 ? 4 + size(30) : embedding.vocabulary();
        HeadRecipe.Weights weights =
                scores == embedding.vocabulary() ? pick(HeadRecipe.Weights.values()) : HeadRecipe.Weights.OWN;
        HeadRecipe head = new HeadRecipe(weights, scores, pick(Presence.values()));
        if (random.nextInt(4) == 0) {
            head = head.withScale(0.5).withSoftCap(OptionalDouble.of(3));
        }
        StackBuilder stack = new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, TensorNaming.NONE)
                .embedding(embedding)
                .layers(layers(norm), 0);
        if (random.nextBoolean()) {
            stack = stack.finalNorm(norm);
        }
        return new Transformer("random", List.of(stack.head(head, embedding).build()), OptionalLong.empty());
    }

    private NormRecipe norm() {
        return new NormRecipe(pick(NormalizationKind.values()), 1e-5, pick(NormRecipe.Affine.values()));
    }

    private EmbeddingRecipe embedding(long hidden, int positions, NormRecipe norm) {
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(4 + size(30), hidden);
        if (random.nextBoolean()) {
            embedding = embedding.withPositions(positions + (long) random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            embedding = embedding.withTokenTypes(2);
        }
        if (random.nextInt(3) == 0) {
            embedding = embedding.withNorm(norm);
        }
        if (random.nextInt(4) == 0) {
            embedding = embedding.withScale(2);
        }
        if (random.nextInt(4) == 0) {
            embedding = embedding.withWidth(hidden + size(5), pick(Presence.values()));
        }
        return embedding;
    }

    private List<LayerRecipe> layers(NormRecipe norm) {
        List<LayerRecipe> layers = new ArrayList<>();
        int kinds = size(2);
        for (int kind = 0; kind < kinds; kind++) {
            LayerRecipe.Wiring wiring = pick(LayerRecipe.Wiring.values());
            wirings.add(wiring);
            LayerRecipe layer = new LayerRecipe(wiring, norm, mixer(), feedForward(norm, wiring)).withBranch(branch());
            layer = random.nextInt(5) == 0 ? layer.withScalar() : layer;
            int times = size(3);
            for (int i = 0; i < times; i++) {
                layers.add(layer);
            }
        }
        return layers;
    }

    private LayerRecipe.Branch branch() {
        return switch (random.nextInt(5)) {
            case 0 -> new LayerRecipe.Branch.Constant(0.7);
            case 1 -> new LayerRecipe.Branch.Gate();
            default -> new LayerRecipe.Branch.Plain();
        };
    }

    private Sublayer mixer() {
        return random.nextInt(4) == 0 ? latent() : attention();
    }

    private Sublayer attention() {
        long keyValueHeads = size(3);
        long headSize = 2L * size(4);
        SelfAttention attention = SelfAttention.causal(
                        new Heads(keyValueHeads * size(3), keyValueHeads, headSize, size(7)))
                .withMask(mask())
                .withHeadNorm(headNorm());
        if (random.nextBoolean()) {
            attention = attention.withRotary(Optional.of(rotary(2L * size((int) (headSize / 2)))));
        }
        if (random.nextInt(3) == 0) {
            attention = attention.withBiased(SelfAttention.Projection.values());
        }
        if (random.nextInt(3) == 0) {
            attention = attention.withScores(AttentionScores.scaled(0.3).withSoftCap(OptionalDouble.of(5)));
        } else if (random.nextInt(3) == 0) {
            attention = attention.withScores(
                    AttentionScores.scaled(0.3).withPositions(new AttentionScores.PositionBias.LinearBias()));
        }
        if (random.nextInt(4) == 0) {
            attention = attention.withOptions(new SelfAttention.Options(
                    Presence.PRESENT, pick(Presence.values()), SelfAttention.KeysAndValues.OWN, Presence.PRESENT));
        }
        return attention;
    }

    private SelfAttention.HeadNorm headNorm() {
        NormRecipe norm = NormRecipe.rootMeanSquare(1e-6);
        return switch (random.nextInt(8)) {
            case 0 -> new SelfAttention.HeadNorm.EachHead(norm);
            case 1 -> new SelfAttention.HeadNorm.AllHeads(norm);
            case 2 -> new SelfAttention.HeadNorm.EachHeadItsOwn(norm);
            case 3 -> new SelfAttention.HeadNorm.EachHeadAndValue(norm);
            default -> new SelfAttention.HeadNorm.None();
        };
    }

    private AttentionMask mask() {
        return switch (random.nextInt(use == Use.SEQUENCES ? 6 : 4)) {
            case 0 -> new AttentionMask.SlidingWindow(size(8));
            case 1 -> new AttentionMask.Chunked(size(8));
            case 4 -> new AttentionMask.Everything();
            case 5 -> new AttentionMask.Blocks(size(8));
            default -> new AttentionMask.Causal();
        };
    }

    private Rotary rotary(long size) {
        return new Rotary(size, 10_000, pick(Rotary.Pairing.values()), pick(Rotary.End.values()), scaling(size));
    }

    private RotaryScaling scaling(long size) {
        return switch (random.nextInt(use == Use.SEQUENCES ? 7 : 6)) {
            case 0 -> new RotaryScaling.Linear(2);
            case 1 -> new RotaryScaling.Yarn(4, 8);
            case 2 -> new RotaryScaling.Llama3(8, 1, 4, 16);
            case 3 -> new RotaryScaling.Proportional(2, size((int) (size / 2)));
            case 6 -> new RotaryScaling.Dynamic(2, 4);
            default -> new RotaryScaling.None();
        };
    }

    private Sublayer latent() {
        return new LatentAttention(
                size(4),
                random.nextBoolean() ? OptionalLong.of(size(9)) : OptionalLong.empty(),
                size(9),
                size(6),
                size(6),
                rotary(2L * size(3)),
                NormRecipe.rootMeanSquare(1e-6),
                Presence.ABSENT,
                AttentionScores.scaled(0.4),
                Optional.empty());
    }

    private Sublayer feedForward(NormRecipe norm, LayerRecipe.Wiring wiring) {
        return switch (random.nextInt(4)) {
            case 0 -> new PlainFeedForward(size(30), function(), pick(Presence.values()));
            case 1 -> gated();
            case 2 -> {
                // It has norms of its own, so its layer puts none before it.
                boolean serial = wiring.compareTo(LayerRecipe.Wiring.PARALLEL_ONE_NORM) < 0;
                yield serial
                        ? new WiredOtherwise(
                                new DenseBesideExperts(gated(), experts(), norm), LayerRecipe.Wiring.NORM_AFTER)
                        : experts();
            }
            default -> experts();
        };
    }

    private GatedFeedForward gated() {
        return new GatedFeedForward(size(30), function(), pick(Presence.values()));
    }

    private ActivationFunction function() {
        return FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
    }

    private MixtureOfExperts experts() {
        MixtureOfExperts mixture = MixtureOfExperts.gated(routing(), size(12), function())
                .withForm(pick(MixtureOfExperts.Form.values()))
                .withWeighted(pick(MixtureOfExperts.Weighted.values()))
                .withBiases(new MixtureOfExperts.Biases(
                        pick(Presence.values()), pick(Presence.values()), pick(Presence.values())));
        if (random.nextInt(3) == 0) {
            mixture = mixture.withScale(2.5);
        }
        if (random.nextInt(3) == 0) {
            mixture = mixture.withLatentWidth(size(7));
        }
        return random.nextBoolean()
                ? mixture.withShared(new MixtureOfExperts.SharedExpert(size(10), pick(Presence.values())))
                : mixture;
    }

    private Routing routing() {
        int groups = random.nextInt(3) == 0 ? 1 + size(3) : 1;
        int groupSize = size(groups == 1 ? 6 : 3);
        int chosen = size(groups);
        return new Routing(
                (long) groups * groupSize,
                size(chosen * groupSize),
                pick(Routing.Scoring.values()),
                pick(Routing.Weighting.values()),
                new Routing.Groups(groups, chosen, size(2)));
    }

    /// 1 to `most`.
    private int size(int most) {
        return 1 + random.nextInt(most);
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
