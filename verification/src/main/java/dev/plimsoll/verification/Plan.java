package dev.plimsoll.verification;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A way to run a training step, in words and in full.
///
/// @param words for the answer
public record Plan(
        String words, TrainingExecution execution, Optional<LowRankAdaptation> adaptation, Optimizer optimizer) {
    private static final AttentionKernel WRITTEN_OUT = new AttentionKernel.Materialised();
    private static final AttentionKernel TILED = new AttentionKernel.Tiled(4, 6);
    private static final DropoutRates DROPOUT = new DropoutRates(0.1, 0.2, 0.3);

    private static final Plan PLAIN = plain(
            "f32, attention written out",
            TrainingExecution.of(Precision.FULL, WRITTEN_OUT),
            new Optimizer.GradientDescent(0.1));

    private static final Plan MODERN = plain(
            "16 B, tiled, gates fused",
            TrainingExecution.of(Precision.MIXED_16, TILED).withRecomputation(Recomputation.FUSED_GATES),
            new Optimizer.AdamW(1e-3, 0.1));

    private static final Plan CLASSIC = plain(
            "18 B, dropout, core run again",
            TrainingExecution.of(Precision.MIXED_18, WRITTEN_OUT)
                    .withDropout(DROPOUT)
                    .withRecomputation(Recomputation.everywhere(Piece.CORE_ATTENTION)),
            new Optimizer.Adam(1e-3));

    private static final Plan PIECES = plain(
            "16 B, tiled, norms and MLP again",
            TrainingExecution.of(Precision.MIXED_16, TILED)
                    .withDropout(DROPOUT)
                    .withRecomputation(Recomputation.everywhere(
                            Piece.NORMALIZATION, Piece.FEED_FORWARD, Piece.LATENT_UP_PROJECTION)),
            new Optimizer.Momentum(0.01, 0.9));

    private static final Plan LAYERS = plain(
            "20 B, every 2nd layer again",
            TrainingExecution.of(Precision.MIXED_20, WRITTEN_OUT)
                    .withDropout(DROPOUT)
                    .withRecomputation(new Recomputation(Set.of(Piece.LAYER), new LayerPattern.Every(2))),
            new Optimizer.AdamW(1e-3, 0.1));

    private static final Plan ADAPTERS = new Plan(
            "16 B, tiled, adapters of rank 3",
            TrainingExecution.of(Precision.MIXED_16, TILED)
                    .withRecomputation(Recomputation.everywhere(Piece.ACTIVATION))
                    .withTrained(Trained.ADAPTERS),
            Optional.of(new LowRankAdaptation(3, 6, Set.of(Role.QUERY_KEY_VALUE, Role.FEED_FORWARD))),
            new Optimizer.AdamW(1e-3, 0));

    /// What one device finds several can be compared with: f32, nothing dropped. Its epsilon is far above rounding errors,
    /// which Adam would else blow up where a gradient is zero but for them.
    private static final Plan VALUES = plain(
            "f32, tiled, values",
            TrainingExecution.of(Precision.FULL, TILED),
            new Optimizer.Adam(1e-2, 0.9, 0.99, 1e-2));

    private static final Plan FORWARD = forward("forward, f32, attention written out", Precision.FULL, WRITTEN_OUT);

    private static final Plan FORWARD_TILED = forward("forward, bf16, tiled", Precision.MIXED_16, TILED);

    private static Plan forward(String words, Precision precision, AttentionKernel attention) {
        // Nothing is trained, so the optimizer changes nothing.
        return plain(
                words,
                TrainingExecution.of(precision, attention).withTrained(Trained.NOTHING),
                new Optimizer.GradientDescent(0));
    }

    private static Plan plain(String words, TrainingExecution execution, Optimizer optimizer) {
        return new Plan(words, execution, Optional.empty(), optimizer);
    }

    /// Those for a model: training steps where there is a loss to train by, forward passes alone where there is none.
    static List<Plan> of(Transformer transformer) {
        return TextStack.of(transformer).hasHead() ? training() : List.of(FORWARD, FORWARD_TILED);
    }

    /// Those for several devices: values in one of them. A ring of keys is run in tiles.
    static List<Plan> onDevices(Parallelism parallelism) {
        boolean ring =
                parallelism.context().degree() > 1 && parallelism.context().exchange() == ContextExchange.RING;
        return Stream.of(VALUES, MODERN, CLASSIC, PIECES, LAYERS, ADAPTERS)
                .map(plan -> ring ? plan.inTiles() : plan)
                .toList();
    }

    private Plan inTiles() {
        TrainingExecution tiled = new TrainingExecution(
                execution.precision(), TILED, execution.dropout(), execution.recomputation(), execution.trained());
        return new Plan(words, tiled, adaptation, optimizer);
    }

    /// Whether what it finds differs from another order of summation's by rounding in f32 alone.
    boolean comparesValues() {
        return execution.precision().equals(Precision.FULL)
                && execution.dropout().equals(DropoutRates.NONE);
    }

    /// Every recipe of data types, both kinds of attention, every piece that is run again, adapters, and every optimizer
    /// at least once.
    static List<Plan> training() {
        return List.of(PLAIN, MODERN, CLASSIC, PIECES, LAYERS, ADAPTERS);
    }
}
