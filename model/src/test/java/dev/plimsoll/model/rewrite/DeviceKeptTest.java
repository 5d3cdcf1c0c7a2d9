package dev.plimsoll.model.rewrite;

import static dev.plimsoll.model.rewrite.SmallStacks.A;
import static dev.plimsoll.model.rewrite.SmallStacks.D;
import static dev.plimsoll.model.rewrite.SmallStacks.F;
import static dev.plimsoll.model.rewrite.SmallStacks.H;
import static dev.plimsoll.model.rewrite.SmallStacks.K;
import static dev.plimsoll.model.rewrite.SmallStacks.V;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.shape.Axis;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a device keeps of a layer: the table of Korthikanti et al. 2022 (table 2) out of the rewritten program.
///
/// Beside the published sums stand the two normalisations' statistics, `16` bytes for each token of the stream.
class DeviceKeptTest {
    private static final long B = 3;
    private static final long S = 16;
    private static final long SBH = S * B * H;
    private static final long PAIRS = A * S * S * B;
    private static final TrainingExecution CLASSIC = TrainingExecution.of(
                    Precision.MIXED_16, new AttentionKernel.Materialised())
            .withDropout(new DropoutRates(0.1, 0.1, 0.1));
    private static final TrainingExecution TILED =
            TrainingExecution.of(Precision.MIXED_16, new AttentionKernel.Tiled(4, 4));

    /// `sbh(10 + 24/t + 5as/(ht))`
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void tensorParallelismDividesAllButTenBytes(int t) {
        assertThat(layer(SmallStacks.classic(1), CLASSIC, Layouts.tensor(t, SequenceSplit.WHOLE)))
                .isEqualTo(10 * SBH + 24 * SBH / t + 5 * PAIRS / t + 16 * B * S);
    }

    /// `sbh/t (34 + 5as/h)`
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void withTheSequenceSplitEverythingIsDivided(int t) {
        assertThat(layer(SmallStacks.classic(1), CLASSIC, Layouts.tensor(t, SequenceSplit.SPLIT)))
                .isEqualTo((34 * SBH + 5 * PAIRS + 16 * B * S) / t);
    }

    /// `sbh(10 + 24/t)`
    @Test
    void selectiveRecomputationKeepsNoPairs() {
        assertThat(layer(
                        SmallStacks.classic(1),
                        again(CLASSIC, Piece.CORE_ATTENTION),
                        Layouts.tensor(4, SequenceSplit.WHOLE)))
                .isEqualTo(10 * SBH + 24 * SBH / 4 + 16 * B * S);
    }

    /// `34sbh/t`
    @Test
    void withTheSequenceSplitSelectiveRecomputationKeepsThirtyFourBytesDivided() {
        assertThat(layer(
                        SmallStacks.classic(1),
                        again(CLASSIC, Piece.CORE_ATTENTION),
                        Layouts.tensor(4, SequenceSplit.SPLIT)))
                .isEqualTo((34 * SBH + 16 * B * S) / 4);
    }

    /// `2sbh`, and a `t`-th of it where the stream is split.
    @Test
    void fullRecomputationKeepsTheInput() {
        TrainingExecution full = again(CLASSIC, Piece.LAYER);
        assertThat(layer(SmallStacks.classic(1), full, Layouts.tensor(4, SequenceSplit.WHOLE)))
                .isEqualTo(2 * SBH);
        assertThat(layer(SmallStacks.classic(1), full, Layouts.tensor(4, SequenceSplit.SPLIT)))
                .isEqualTo(2 * SBH / 4);
    }

    /// `8h/S + (4q + 4kv + 6f + 4a)/t` bytes a token, statistics beside.
    @Test
    void aModernLayerKeepsItsStreamOnceAndTheRestDivided() {
        TrainingExecution fused = again(TILED, Piece.GATE);
        long divided = (4 * A * D + 4 * K * D + 6 * F + 4 * A) * B * S / 4;
        assertThat(layer(SmallStacks.modern(1, K), fused, Layouts.tensor(4, SequenceSplit.WHOLE)))
                .isEqualTo((8 * H + 8) * B * S + divided);
        assertThat(layer(SmallStacks.modern(1, K), fused, Layouts.tensor(4, SequenceSplit.SPLIT)))
                .isEqualTo((8 * H + 8) * B * S / 4 + divided);
    }

    /// Two key/value heads over four devices: each holds one, so that keys and values are halved, not quartered.
    @Test
    void fewerKeyValueHeadsThanDevicesAreHeldTwice() {
        long divided = (4 * A * D + 6 * F + 4 * A) * B * S / 4 + 4 * 2 * D * B * S / 2;
        assertThat(layer(SmallStacks.modern(1, 2), again(TILED, Piece.GATE), Layouts.tensor(4, SequenceSplit.SPLIT)))
                .isEqualTo((8 * H + 8) * B * S / 4 + divided);
    }

    /// A ring keeps what one device keeps of its own tokens; an exchange the core's output twice, before and after.
    @Test
    void contextParallelismDividesTheTokens() {
        TrainingExecution fused = again(TILED, Piece.GATE);
        long whole = layer(SmallStacks.modern(1, K), fused, Parallelism.NONE);
        assertThat(layer(SmallStacks.modern(1, K), fused, Layouts.context(4, ContextExchange.RING)))
                .isEqualTo(whole / 4);
        assertThat(layer(SmallStacks.modern(1, K), fused, Layouts.context(4, ContextExchange.ALL_TO_ALL)))
                .isEqualTo((whole + 2 * A * D * B * S) / 4);
    }

    /// Korthikanti et al. 2022, section 4.3: the last normalisation `2sbh/t`, the head's input `2sbh/t`, logits in four
    /// bytes `4sbv/t`. Statistics, log-sum-exp and targets beside; the log-sum-exp and targets are those of all tokens.
    @Test
    void headAndLossAreDividedToo() {
        Parallelism four = Layouts.tensor(4, SequenceSplit.SPLIT);
        assertThat(kept(SmallStacks.classic(1), CLASSIC, four, "text.2"))
                .isEqualTo((4 * SBH + 4 * S * B * V) / 4 + 8 * B * S / 4 + 4 * B * S + 4 * B * S);
    }

    /// Korthikanti et al. 2022, section 4.3: a byte of mask for each element of the embedding's output. Token numbers of
    /// all tokens and positions of the device's own beside.
    @Test
    void theEmbeddingKeepsItsMask() {
        Parallelism four = Layouts.tensor(4, SequenceSplit.SPLIT);
        assertThat(kept(SmallStacks.classic(1), CLASSIC, four, "text.0"))
                .isEqualTo(SBH / 4 + 4 * B * S + 4 * B * S / 4);
    }

    private static TrainingExecution again(TrainingExecution execution, Piece piece) {
        return execution.withRecomputation(Recomputation.everywhere(piece));
    }

    private static long layer(Transformer model, TrainingExecution execution, Parallelism parallelism) {
        return kept(model, execution, parallelism, "text.1");
    }

    /// Bytes that the last device keeps of a block.
    private static long kept(Transformer model, TrainingExecution execution, Parallelism parallelism, String label) {
        int last = Math.toIntExact(parallelism.devices()) - 1;
        Map<Axis, Long> open = Map.of(Axis.BATCH, B, Axis.SEQUENCE, S);
        return DeviceProgram.of(model, execution, parallelism, Optional.empty(), last).chunks().stream()
                .flatMap(chunk -> chunk.program().blocks().stream())
                .filter(block -> block.label().equals(label))
                .flatMap(block -> block.backward().kept().stream())
                .mapToLong(kept -> kept.heldIn(execution.precision())
                        .bytes(kept.shape().elements(axis -> Objects.requireNonNull(open.get(axis))))
                        .count())
                .sum();
    }
}
