package dev.plimsoll.model.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class OperatorRecordsTest {
    private static final Shape HIDDEN = Shape.of(Axis.HIDDEN, 12);

    @Test
    void aParameterLiesInFilesAsTheProductsOfItsGroups() {
        Parameter query = parameter(Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 3), HIDDEN);
        assertThat(query.fileDimensions()).containsExactly(12L, 12L);
        assertThat(query.shape())
                .isEqualTo(Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 3).then(HIDDEN));
        assertThat(query.elements()).isEqualTo(4 * 3 * 12);
        assertThatThrownBy(() -> parameter(Shape.open(Axis.SEQUENCE), HIDDEN))
                .hasMessage("weight cannot be as long as a workload: [s]");
    }

    @Test
    void aParameterOfMoreElementsThanALongHoldsIsNotCounted() {
        Parameter huge = parameter(Shape.of(Axis.VOCABULARY, 1L << 40), Shape.of(Axis.HIDDEN, 1L << 40));
        assertThatThrownBy(huge::elements).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void aTensorNameStandsForEveryLayerAndExpert() {
        TensorName name = TensorName.of("model.layers.{layer}.mlp.experts.{expert}.up_proj.weight");
        assertThat(name.in(61, 255)).isEqualTo("model.layers.61.mlp.experts.255.up_proj.weight");
        assertThat(name.isPerExpert()).isTrue();
        assertThat(TensorName.of("blk.{layer}.ffn_up_exps.weight").isPerExpert())
                .isFalse();
        assertThat(name.arrangement()).isEqualTo(TensorName.Arrangement.OUTPUTS_FIRST);
    }

    @Test
    void aTokenGoesToAtLeastOneAndAtMostEveryExpert() {
        assertThat(routing(8, 8).topK()).isEqualTo(8);
        assertThatThrownBy(() -> routing(8, 9)).hasMessage("a token can be sent to 1 to 8 of 8 experts, not to 9");
        assertThatThrownBy(() -> routing(8, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRotationTurnsPairs() {
        for (long size : new long[] {-2, 0, 1, 63}) {
            assertThatThrownBy(() ->
                            new Rotary(size, 10_000, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.None()))
                    .hasMessage("a rotary embedding turns pairs, so not " + size + " elements");
        }
    }

    @Test
    void windowsStridesAndNeighboursAreAtLeastOne() {
        assertThatThrownBy(() -> new AttentionMask.SlidingWindow(0)).hasMessageContaining("sliding window");
        assertThatThrownBy(() -> new AttentionMask.Chunked(0)).hasMessageContaining("attention chunk");
        assertThatThrownBy(() -> new AttentionMask.Selected(0)).hasMessageContaining("selected tokens");
        assertThatThrownBy(() -> new Pooling.Average(0)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> new Pooling.Merge(-1)).hasMessageContaining("not -1");
        assertThatThrownBy(() -> new ConvolutionKind.CausalByChannel(0)).hasMessageContaining("width");
        assertThatThrownBy(() -> new ConvolutionKind.Dense(3, 0)).hasMessageContaining("stride");
    }

    @Test
    void scoresReadTheirTablesAndSinks() {
        Parameter table = parameter(Shape.of(Axis.BUCKETS, 32), Shape.of(Axis.QUERY_HEADS, 4));
        Parameter sinks = parameter(Shape.of(Axis.QUERY_HEADS, 4));
        assertThat(scores(new AttentionScores.PositionBias.None()).parameters()).containsExactly(sinks);
        assertThat(scores(new AttentionScores.PositionBias.LinearBias()).parameters())
                .containsExactly(sinks);
        assertThat(scores(new AttentionScores.PositionBias.Buckets(table)).parameters())
                .containsExactly(table, sinks);
        assertThat(scores(new AttentionScores.PositionBias.Sinusoids(table)).parameters())
                .containsExactly(table, sinks);
        assertThat(AttentionScores.scaled(0.125).parameters()).isEmpty();
    }

    @Test
    void scoresReadProjectedPositionsAsValues() {
        Value rows = Value.activation(
                "rows", Shape.of(Axis.BUCKETS, 6).then(Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 3)));
        AttentionScores scores =
                scores(new AttentionScores.PositionBias.Disentangled(Optional.empty(), Optional.of(rows)));
        assertThat(scores.reads()).containsExactly(rows);
        assertThat(scores(new AttentionScores.PositionBias.LinearBias()).reads())
                .isEmpty();
    }

    /// The weight's last axes, as many as input and output leave over, are summed: `[a4, d3, h12]` times `[b, s, h12]`
    /// leaves `[a4, d3]`.
    @Test
    void aLinearMapKnowsWhatItSumsOver() {
        Shape heads = Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 3);
        Shape tokens = Shape.open(Axis.BATCH, Axis.SEQUENCE);
        Value hidden = Value.activation("hidden", tokens.then(HIDDEN));
        Value query = Value.activation("query", tokens.then(heads));
        Operator.Linear in = linear(hidden, parameter(heads, HIDDEN), query);
        assertThat(in.inputs()).isEqualTo(HIDDEN);
        assertThat(in.outputs()).isEqualTo(heads);
        Operator.Linear out = linear(query, parameter(HIDDEN, heads), hidden);
        assertThat(out.inputs()).isEqualTo(heads);
        assertThat(out.outputs()).isEqualTo(HIDDEN);
    }

    @Test
    void attentionOverAnotherStacksTokensIsCrossAttention() {
        assertThat(attention(Axis.SEQUENCE).isCross()).isFalse();
        assertThat(attention(Axis.SOURCE).isCross()).isTrue();
    }

    private static Operator.Attention attention(Axis keyTokens) {
        Shape head = Shape.of(Axis.HEAD_SIZE, 3);
        Value query = Value.activation(
                "query",
                Shape.open(Axis.BATCH, Axis.SEQUENCE)
                        .then(Shape.of(Axis.QUERY_HEADS, 4))
                        .then(head));
        Value key = Value.activation(
                "key",
                Shape.open(Axis.BATCH, keyTokens)
                        .then(Shape.of(Axis.KEY_VALUE_HEADS, 2))
                        .then(head));
        return new Operator.Attention(
                "core",
                Role.CORE_ATTENTION,
                query,
                key,
                key,
                Optional.empty(),
                new AttentionMask.Everything(),
                AttentionScores.scaled(1),
                List.of(),
                query);
    }

    private static Operator.Linear linear(Value input, Parameter weight, Value output) {
        return new Operator.Linear("linear", Role.QUERY_KEY_VALUE, input, weight, Optional.empty(), output);
    }

    private static AttentionScores scores(AttentionScores.PositionBias positions) {
        Parameter sinks = parameter(Shape.of(Axis.QUERY_HEADS, 4));
        return new AttentionScores(1, OptionalDouble.empty(), positions, Optional.of(sinks));
    }

    private static Routing routing(long experts, long topK) {
        return new Routing(experts, topK, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
    }

    private static Parameter parameter(Shape... groups) {
        return new Parameter(
                "weight", List.of(groups), Parameter.Kind.MATRIX, Parameter.Sharing.EACH_LAYER, TensorNames.NONE);
    }
}
