package dev.plimsoll.verification;

import dev.plimsoll.engine.generation.CachePolicy.OutOfSight;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.planner.cost.LatentCache;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/// Small architectures and ways to run them, the same for the same seed.
final class RandomQuestions {
    private static final int MOST_PROMPT = 9;
    private static final int MOST_STEPS = 2;

    private final Random random;
    private final RandomModels trained;
    private final RandomModels continued;

    RandomQuestions(long seed) {
        random = new Random(seed);
        trained = new RandomModels(random, RandomModels.Use.SEQUENCES);
        continued = new RandomModels(random, RandomModels.Use.GROWING_TEXTS);
    }

    /// How the layers of the models to train were wired so far.
    Set<LayerRecipe.Wiring> wiringsTrained() {
        return trained.wirings();
    }

    /// How those of the models that continue texts were.
    Set<LayerRecipe.Wiring> wiringsContinued() {
        return continued.wirings();
    }

    TrainingQuestion training() {
        int tokens = size(11);
        Trained what = switch (random.nextInt(8)) {
            case 0 -> Trained.ADAPTERS;
            case 1 -> Trained.NOTHING;
            default -> Trained.EVERYTHING;
        };
        TrainingExecution execution = new TrainingExecution(
                precision(),
                attention(),
                random.nextBoolean() ? DropoutRates.NONE : new DropoutRates(0.1, 0.2, 0.3),
                recomputation(),
                what);
        Optional<LowRankAdaptation> adaptation = what == Trained.ADAPTERS
                ? Optional.of(
                        new LowRankAdaptation(size(4), 2, Set.of(pick(Role.QUERY_KEY_VALUE, Role.ATTENTION_OUTPUT))))
                : Optional.empty();
        return new TrainingQuestion(
                "random", trained.next(tokens), execution, adaptation, optimizer(), size(3), tokens);
    }

    /// Texts of any lengths.
    InferenceQuestion inference() {
        List<Integer> prompts = new ArrayList<>();
        int texts = size(3);
        for (int text = 0; text < texts; text++) {
            prompts.add(size(MOST_PROMPT));
        }
        OptionalInt pieces = random.nextBoolean() ? OptionalInt.of(size(5)) : OptionalInt.empty();
        InferencePlan plan = new InferencePlan(
                "random",
                precision(),
                attention(),
                pieces,
                random.nextBoolean() ? OptionalInt.of(size(5)) : OptionalInt.empty(),
                pick(OutOfSight.values()),
                pieces.isPresent() ? LatentCache.EXPANDED : pick(LatentCache.values()));
        int steps = random.nextInt(MOST_STEPS + 1);
        return new InferenceQuestion("random", continued.next(MOST_PROMPT + MOST_STEPS), plan, prompts, steps);
    }

    private Precision precision() {
        return Precision.presets().get(random.nextInt(Precision.presets().size()));
    }

    private AttentionKernel attention() {
        return random.nextBoolean() ? new AttentionKernel.Materialised() : new AttentionKernel.Tiled(size(6), size(6));
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

    /// 1 to `most`.
    private int size(int most) {
        return 1 + random.nextInt(most);
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
