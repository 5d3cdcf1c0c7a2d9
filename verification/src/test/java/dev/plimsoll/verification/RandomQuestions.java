package dev.plimsoll.verification;

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
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/// Small architectures of everything that is executed, and ways to run them, the same for the same seed.
final class RandomQuestions {
    private final Random random;

    RandomQuestions(long seed) {
        random = new Random(seed);
    }

    TrainingQuestion next() {
        int tokens = size(11);
        boolean adapters = random.nextInt(5) == 0;
        TrainingExecution execution = new TrainingExecution(
                Precision.presets().get(random.nextInt(Precision.presets().size())),
                random.nextBoolean() ? new AttentionKernel.Materialised() : new AttentionKernel.Tiled(size(6), size(6)),
                random.nextBoolean() ? DropoutRates.NONE : new DropoutRates(0.1, 0.2, 0.3),
                recomputation(),
                adapters ? Trained.ADAPTERS : Trained.EVERYTHING);
        Optional<LowRankAdaptation> adaptation = adapters
                ? Optional.of(
                        new LowRankAdaptation(size(4), 2, Set.of(pick(Role.QUERY_KEY_VALUE, Role.ATTENTION_OUTPUT))))
                : Optional.empty();
        return new TrainingQuestion("random", model(tokens), execution, adaptation, optimizer(), size(3), tokens);
    }

    private Recomputation recomputation() {
        EnumSet<Piece> pieces = EnumSet.noneOf(Piece.class);
        for (Piece piece : Piece.values()) {
            if (random.nextInt(4) == 0) {
                pieces.add(piece);
            }
        }
        LayerPattern pattern = random.nextBoolean() ? new LayerPattern.Every(size(3)) : new LayerPattern.First(size(3));
        return new Recomputation(pieces, pattern);
    }

    private Optimizer optimizer() {
        return pick(
                new Optimizer.GradientDescent(0.01),
                new Optimizer.Momentum(0.01, 0.9),
                new Optimizer.Adam(1e-3),
                new Optimizer.AdamW(1e-3, 0.1));
    }

    Transformer model(int positions) {
        long hidden = size(20);
        NormRecipe norm = random.nextBoolean() ? NormRecipe.layer(1e-5) : NormRecipe.rootMeanSquare(1e-6);
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
        HeadRecipe head =
                new HeadRecipe(pick(HeadRecipe.Weights.values()), embedding.vocabulary(), pick(Presence.values()));
        TensorNaming naming = parameter -> TensorNames.NONE;
        StackBuilder stack = new StackBuilder("text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, naming)
                .embedding(embedding)
                .layers(layers(norm), 0);
        if (random.nextBoolean()) {
            stack = stack.finalNorm(norm);
        }
        return new Transformer("random", List.of(stack.head(head, embedding).build()), OptionalLong.empty());
    }

    private List<LayerRecipe> layers(NormRecipe norm) {
        List<LayerRecipe> layers = new ArrayList<>();
        int kinds = size(2);
        for (int kind = 0; kind < kinds; kind++) {
            LayerRecipe layer = new LayerRecipe(pick(LayerRecipe.Wiring.values()), norm, mixer(), feedForward());
            int times = size(3);
            for (int i = 0; i < times; i++) {
                layers.add(layer);
            }
        }
        return layers;
    }

    private Sublayer mixer() {
        return random.nextInt(4) == 0 ? latent() : attention();
    }

    private Sublayer attention() {
        long keyValueHeads = size(3);
        long headSize = 2L * size(4);
        SelfAttention attention = SelfAttention.causal(
                        new Heads(keyValueHeads * size(3), keyValueHeads, headSize, size(7)))
                .withMask(mask());
        if (random.nextBoolean()) {
            attention = attention.withRotary(Optional.of(rotary(2L * size((int) (headSize / 2)))));
        }
        if (random.nextInt(3) == 0) {
            attention = attention.withHeadNorm(new SelfAttention.HeadNorm.EachHead(NormRecipe.rootMeanSquare(1e-6)));
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

    private AttentionMask mask() {
        return switch (random.nextInt(6)) {
            case 0 -> new AttentionMask.SlidingWindow(size(8));
            case 1 -> new AttentionMask.Chunked(size(8));
            case 2 -> new AttentionMask.Everything();
            case 3 -> new AttentionMask.Blocks(size(8));
            default -> new AttentionMask.Causal();
        };
    }

    private Rotary rotary(long size) {
        return new Rotary(
                size, 10_000, pick(Rotary.Pairing.values()), pick(Rotary.End.values()), new RotaryScaling.None());
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

    private Sublayer feedForward() {
        return switch (random.nextInt(3)) {
            case 0 ->
                new PlainFeedForward(
                        size(30),
                        pick(ActivationFunction.GELU, ActivationFunction.RELU, ActivationFunction.GELU_TANH),
                        pick(Presence.values()));
            case 1 ->
                new GatedFeedForward(
                        size(30), pick(ActivationFunction.SILU, ActivationFunction.GELU), pick(Presence.values()));
            default -> experts();
        };
    }

    private Sublayer experts() {
        int experts = size(6);
        Routing routing =
                new Routing(experts, size(experts), pick(Routing.Scoring.values()), pick(Routing.Weighting.values()));
        MixtureOfExperts mixture = MixtureOfExperts.gated(routing, size(12), ActivationFunction.SILU)
                .withBiases(pick(MixtureOfExperts.Biases.NONE, MixtureOfExperts.Biases.CORRECTION));
        return random.nextBoolean()
                ? mixture.withShared(new MixtureOfExperts.SharedExpert(size(10), pick(Presence.values())))
                : mixture;
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
