package dev.plimsoll.model.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.rewrite.BlockBackward.Upstream;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What blocks keep for their backward pass, against published sums of bytes.
class KeptTest {
    private static final long B = 3;
    private static final long S = 10;
    private static final long H = 24;
    private static final long A = 4;
    private static final long K = 2;
    private static final long D = 6;
    private static final long F = 28;
    private static final Rotary ROTARY =
            new Rotary(D, 10_000, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.None());
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(4, 4));
    private static final TrainingExecution WRITTEN_OUT =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Materialised());
    private static final TrainingExecution CLASSIC = WRITTEN_OUT.withDropout(new DropoutRates(0.1, 0.1, 0.1));

    /// Korthikanti et al. 2022, equation 1; the statistics of two normalisations are `2 · 2 · 4` bytes a token.
    @Test
    void theClassicBlockKeepsThirtyFourBytesAndFiveForEachPair() {
        long classic = 34 * S * B * H + 5 * A * S * S * B;
        assertThat(kept(classic(), CLASSIC)).isEqualTo(classic + 16 * B * S);
    }

    /// Korthikanti et al. 2022, section 5: the core's `5as²b` go, and nothing else.
    @Test
    void selectiveRecomputationKeepsThirtyFourBytes() {
        assertThat(kept(classic(), CLASSIC, Piece.CORE_ATTENTION)).isEqualTo(34 * S * B * H + 16 * B * S);
    }

    @Test
    void fullRecomputationKeepsTheInputAlone() {
        assertThat(kept(classic(), CLASSIC, Piece.LAYER)).isEqualTo(2 * S * B * H);
    }

    /// `8h + 4q + 4kv + 6f + 4a` bytes a token, and 4 for each of two normalisations.
    @Test
    void aModernBlockKeepsNoPairs() {
        assertThat(kept(modern(), TILED, Piece.GATE))
                .isEqualTo(B * S * (8 * H + 4 * (A * D) + 4 * (K * D) + 6 * F + 4 * A + 2 * 4));
    }

    /// Unfused, the activated gate is kept too.
    @Test
    void withoutFusionTheActivatedGateIsKept() {
        assertThat(kept(modern(), TILED) - kept(modern(), TILED, Piece.GATE)).isEqualTo(B * S * 2 * F);
    }

    /// `2 · 2h` bytes for two normalisations, whose statistics are found again.
    @Test
    void normalisationsAndActivationsCanBeMadeAgain() {
        assertThat(kept(modern(), TILED, Piece.GATE) - kept(modern(), TILED, Piece.GATE, Piece.NORMALIZATION))
                .isEqualTo(B * S * (2 * 2 * H + 2 * 4));
        assertThat(kept(modern(), TILED, Piece.GATE) - kept(modern(), TILED, Piece.ACTIVATION))
                .isEqualTo(B * S * 2 * F);
    }

    /// Of the feed-forward's `2h + 6f`, its input stays.
    @Test
    void theFeedForwardNetworkCanBeMadeAgainFromItsInput() {
        assertThat(kept(modern(), TILED, Piece.GATE) - kept(modern(), TILED, Piece.FEED_FORWARD))
                .isEqualTo(B * S * 6 * F);
    }

    /// Per token: two norm inputs and outputs `8h`, attention `4q + 4kv + 4a`, scores of `E` experts and their choice
    /// and weights `4E + 4e + 4e`, and for each of `e` experts its input `2h`, gate, up and product `6f`, output `2h`.
    @Test
    void expertsKeepOneCopyForEachTokenTheyWereSent() {
        long experts = 5;
        long topK = 2;
        Routing routing = new Routing(experts, topK, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
        Block block = block(new LayerRecipe(
                Wiring.NORM_BEFORE,
                NormRecipe.rootMeanSquare(1e-6),
                attention(),
                MixtureOfExperts.gated(routing, F, ActivationFunction.SILU)));
        assertThat(kept(block, TILED, Piece.GATE))
                .isEqualTo(B
                        * S
                        * (8 * H
                                + 4 * (A * D)
                                + 4 * (K * D)
                                + 4 * A
                                + 2 * 4
                                + 4 * experts
                                + 8 * topK
                                + topK * (2 * H + 6 * F + 2 * H)));
    }

    /// Per token: norm input and output `4h`, the query's latent twice, the key/value latent twice, heads of query, key
    /// and value, log-sum-exp and output; statistics of three normalisations. The rotated part of the key is copied
    /// into the whole key, and kept by itself only where the whole key is made again.
    @Test
    void latentAttentionKeepsExpandedHeads() {
        long q = 14;
        long r = 10;
        long plain = 8;
        long rotated = 6;
        long w = 4;
        Rotary rotary =
                new Rotary(rotated, 10_000, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None());
        LatentAttention attention = new LatentAttention(
                A,
                OptionalLong.of(q),
                r,
                plain,
                w,
                rotary,
                NormRecipe.rootMeanSquare(1e-6),
                Presence.ABSENT,
                AttentionScores.scaled(0.25),
                Optional.empty());
        Block block = block(new LayerRecipe(Wiring.NORM_BEFORE, NormRecipe.rootMeanSquare(1e-6), attention));
        long heads = 2 * A * (plain + rotated) * 2 + 2 * A * w;
        long whole = B * S * (4 * H + 4 * q + 4 * r + heads + 4 * A + 2 * A * w + 3 * 4);
        assertThat(kept(block, TILED)).isEqualTo(whole);
        assertThat(kept(block, TILED, Piece.LATENT_UP_PROJECTION)).isEqualTo(whole - B * S * (heads - 2 * rotated));
    }

    /// Frozen maps need no input; adapters need theirs, the narrow value between them and nothing of the feed-forward
    /// but what its own gradients read: gate, activated gate and up.
    @Test
    void frozenWeightsKeepNoInputForAWeightGradient() {
        long rank = 3;
        LowRankAdaptation adaptation = new LowRankAdaptation(rank, 6, Set.of(Role.QUERY_KEY_VALUE));
        TrainingExecution frozen = TILED.withTrained(TrainingExecution.Trained.ADAPTERS);
        long norms = 2 * (2 * H + 4);
        long adapters = 2 * H + 3 * 2 * rank;
        long core = 4 * (A * D) + 4 * (K * D) + 4 * A;
        assertThat(kept(adaptation.of(modern()), frozen)).isEqualTo(B * S * (norms + adapters + core + 6 * F));
    }

    /// Nothing trained stands before it, so its input needs no gradient, and its first normalisation keeps nothing.
    @Test
    void nothingIsKeptForGradientsThatNobodyWants() {
        LowRankAdaptation adaptation = new LowRankAdaptation(3, 6, Set.of(Role.QUERY_KEY_VALUE));
        TrainingExecution frozen = TILED.withTrained(TrainingExecution.Trained.ADAPTERS);
        BlockBackward first = BlockBackward.of(adaptation.of(modern()), frozen, Set.of(), Upstream.FROZEN);
        assertThat(first.inputGradients()).isEmpty();
        assertThat(first.kept())
                .extracting(Kept::name)
                .doesNotContain("hidden", "attention.normalization.reciprocal_deviation")
                .contains("attention.normalization");
        assertThat(BlockBackward.of(modern(), frozen, Set.of(), Upstream.FROZEN).steps())
                .isEmpty();
    }

    private static Block classic() {
        SelfAttention attention =
                SelfAttention.causal(new Heads(A, A, D)).withBiased(SelfAttention.Projection.values());
        Block block = block(new LayerRecipe(
                Wiring.NORM_BEFORE,
                NormRecipe.layer(1e-5),
                attention,
                new PlainFeedForward(4 * H, ActivationFunction.GELU_TANH, Presence.PRESENT)));
        return DropoutInsertion.of(block, CLASSIC.dropout());
    }

    private static Block modern() {
        return block(new LayerRecipe(
                Wiring.NORM_BEFORE,
                NormRecipe.rootMeanSquare(1e-6),
                attention(),
                new GatedFeedForward(F, ActivationFunction.SILU, Presence.ABSENT)));
    }

    private static SelfAttention attention() {
        return SelfAttention.causal(new Heads(A, K, D)).withRotary(Optional.of(ROTARY));
    }

    private static Block block(LayerRecipe recipe) {
        BlockBuilder builder =
                new BlockBuilder("layer", key -> TensorNames.NONE, Axis.SEQUENCE, Parameter.Sharing.EACH_LAYER);
        return builder.build(recipe.append(builder, builder.input("hidden", Shape.of(Axis.HIDDEN, H))));
    }

    /// Bytes kept with weights and activations in two bytes.
    private static long kept(Block block, TrainingExecution execution, Piece... pieces) {
        Map<Axis, Long> open = Map.of(Axis.BATCH, B, Axis.SEQUENCE, S);
        return BlockBackward.of(block, execution, Set.of(pieces), Upstream.TRAINED).kept().stream()
                .mapToLong(kept -> kept.heldIn(execution.precision())
                        .bytes(kept.shape().elements(axis -> Objects.requireNonNull(open.get(axis))))
                        .count())
                .sum();
    }
}
