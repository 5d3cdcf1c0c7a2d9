package dev.plimsoll.engine.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Operators that treat tokens one by one, by hand.
class OperatorForwardTest {
    private static final Offset<Float> ROUNDING = within(1e-6f);
    private static final Shape TOKENS = Shape.open(Axis.BATCH, Axis.SEQUENCE);
    private static final Shape TWO = Shape.of(Axis.HIDDEN, 2);
    private static final Shape HEADS = Shape.of(Axis.QUERY_HEADS, 2, Axis.HEAD_SIZE, 2);
    private static final Value X = Value.activation("x", TOKENS.then(TWO));
    private static final Value Y = Value.activation("y", TOKENS.then(TWO));

    @Test
    void anEmbeddingLooksUpRows() {
        Value numbers = Value.index("numbers", TOKENS);
        Parameter table = parameter("table", Parameter.Kind.TABLE, Shape.of(Axis.VOCABULARY, 3), TWO);
        Operator.Embedding embedding = new Operator.Embedding("e", Role.EMBEDDING, numbers, table, Y);
        try (Table operands = Table.of(2).withIndices(numbers, 2, 0).with(table, 1, 2, 3, 4, 5, 6)) {
            assertThat(operands.run(embedding)).containsExactly(5, 6, 1, 2);
            assertThat(operands.counts().logicalMultiplyAdds()).isZero();
            // Two numbers and two rows of two, not the table.
            assertThat(operands.counts().bytesRead()).isEqualTo(2 * 4 + 2 * 2 * 4);
        }
        try (Table operands = Table.of(1).withIndices(numbers, 3).with(table, 1, 2, 3, 4, 5, 6)) {
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> operands.run(embedding))
                    .withMessage("e: found the number 3, expected 0 to 2");
        }
    }

    @Test
    void aLinearMapMultipliesByTheTransposedWeightAndAddsItsBias() {
        Shape three = Shape.of(Axis.FEED_FORWARD, 3);
        Parameter weight = parameter("w", Parameter.Kind.MATRIX, three, TWO);
        Parameter bias = parameter("b", Parameter.Kind.BIAS, three);
        Value wide = Value.activation("wide", TOKENS.then(three));
        Operator.Linear linear = new Operator.Linear("l", Role.FEED_FORWARD, X, weight, Optional.of(bias), wide);
        try (Table operands =
                Table.of(2).with(X, 1, 2, 3, 4).with(weight, 1, 0, 0, 1, 1, 1).with(bias, 10, 20, 30)) {
            assertThat(operands.run(linear)).containsExactly(11, 22, 33, 13, 24, 37);
            assertThat(operands.counts().logicalMultiplyAdds()).isEqualTo(2 * 3 * 2);
            assertThat(operands.counts().bytesRead()).isEqualTo(4 * (2 * 2 + 3 * 2 + 3));
            assertThat(operands.counts().bytesWritten()).isEqualTo(4 * 2 * 3);
        }
    }

    /// (3, 4): a mean square of 12.5; gains of 1 + (0, 1).
    @Test
    void aRootMeanSquareNormalisationDividesByTheRoot() {
        Parameter gain = parameter("g", Parameter.Kind.GAIN_BESIDE_ONE, TWO);
        Operator.Normalization norm = normalization(X, NormalizationKind.ROOT_MEAN_SQUARE, gain, Y);
        float root = (float) Math.sqrt(12.5);
        try (Table operands =
                Table.of(1).with(X, 3, 4).with(gain, 0, 1).withFinding(Finding.RECIPROCAL_DEVIATION, DataType.F32, 1)) {
            assertThat(operands.run(norm)).containsExactly(new float[] {3 / root, 2 * 4 / root}, ROUNDING);
            assertThat(operands.finding(Finding.RECIPROCAL_DEVIATION)
                            .orElseThrow()
                            .floats()[0])
                    .isCloseTo(1 / root, ROUNDING);
        }
    }

    /// Heads (1, 3) and (10, 30): means 2 and 20, deviations 1 and 10, so both are (-1, 1); each has gains of its own.
    @Test
    void aLayerNormalisationSubtractsTheMeanOfEachHead() {
        Value in = Value.activation("heads", TOKENS.then(HEADS));
        Value out = Value.activation("normed", TOKENS.then(HEADS));
        Parameter gain = parameter("g", Parameter.Kind.GAIN, HEADS);
        Operator.Normalization norm = normalization(in, NormalizationKind.LAYER, gain, out);
        try (Table operands =
                Table.of(1).with(in, 1, 3, 10, 30).with(gain, 1, 2, 3, 4).withFinding(Finding.MEAN, DataType.F32, 2)) {
            assertThat(operands.run(norm)).containsExactly(new float[] {-1, 2, -3, 4}, ROUNDING);
            assertThat(operands.finding(Finding.MEAN).orElseThrow().floats()).containsExactly(2, 20);
        }
    }

    private static Operator.Normalization normalization(
            Value input, NormalizationKind kind, Parameter gain, Value output) {
        return new Operator.Normalization(
                "n", Role.NORMALIZATION, input, kind, 0, 1, Optional.of(gain), Optional.empty(), output);
    }

    /// One pair, a base without effect, so position 1 turns by one radian; the third element stays.
    @Test
    void aRotationTurnsPairsByTheirPosition() {
        Shape three = Shape.of(Axis.HEAD_SIZE, 3);
        Value in = Value.activation("in", TOKENS.then(three));
        Value out = Value.activation("out", TOKENS.then(three));
        float cos = (float) Math.cos(1);
        float sin = (float) Math.sin(1);
        try (Table operands = Table.of(2).with(in, 5, 6, 7, 1, 0, 7)) {
            assertThat(operands.run(rotation(in, Rotary.Pairing.HALVES, Rotary.End.FIRST, 2, out)))
                    .containsExactly(new float[] {5, 6, 7, cos, sin, 7}, ROUNDING);
            assertThat(operands.run(rotation(in, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, 2, out)))
                    .containsExactly(new float[] {5, 6, 7, 1, -7 * sin, 7 * cos}, ROUNDING);
            assertThat(operands.at(1, 0).run(rotation(in, Rotary.Pairing.HALVES, Rotary.End.FIRST, 2, out)))
                    .containsExactly(new float[] {5 * cos - 6 * sin, 6 * cos + 5 * sin, 7, 1, 0, 7}, ROUNDING);
        }
    }

    /// Pairs (0, 2) and (1, 3), or (0, 1) and (2, 3); the second turns by `base^(-1/2)`.
    @Test
    void pairsAreHalvesOrNeighbours() {
        Shape four = Shape.of(Axis.HEAD_SIZE, 4);
        Value in = Value.activation("in", TOKENS.then(four));
        Value out = Value.activation("out", TOKENS.then(four));
        float fast = (float) Math.sin(1);
        float slow = (float) Math.sin(0.1);
        try (Table operands = Table.of(1).at(1).with(in, 1, 1, 0, 0)) {
            float[] halves = operands.run(rotation(in, Rotary.Pairing.HALVES, Rotary.End.FIRST, 4, out));
            assertThat(halves[2]).isCloseTo(fast, ROUNDING);
            assertThat(halves[3]).isCloseTo(slow, ROUNDING);
        }
        try (Table operands = Table.of(1).at(1).with(in, 1, 0, 1, 0)) {
            float[] neighbours = operands.run(rotation(in, Rotary.Pairing.NEIGHBOURS, Rotary.End.FIRST, 4, out));
            assertThat(neighbours[1]).isCloseTo(fast, ROUNDING);
            assertThat(neighbours[3]).isCloseTo(slow, ROUNDING);
        }
    }

    private static Operator.RotaryEmbedding rotation(
            Value in, Rotary.Pairing pairing, Rotary.End where, long size, Value out) {
        Rotary rotary = new Rotary(size, 100, pairing, where, new RotaryScaling.None());
        return new Operator.RotaryEmbedding("r", Role.POSITION, in, rotary, out);
    }

    @Test
    void anActivationAppliesItsFunction() {
        Operator.Activation relu =
                new Operator.Activation("a", Role.FEED_FORWARD, X, ActivationFunction.RELU_SQUARED, List.of(), Y);
        try (Table operands = Table.of(2).with(X, -1, 0, 2, 3)) {
            assertThat(operands.run(relu)).containsExactly(0, 0, 4, 9);
        }
    }

    @Test
    void aProductMeetsARunOfTheLeftWithOneOfTheRight() {
        Value one = Value.activation("one", TOKENS);
        Operator.Multiply each = new Operator.Multiply("m", Role.FEED_FORWARD, X, X, Y);
        Operator.Multiply rows = new Operator.Multiply("m", Role.FEED_FORWARD, X, one, Y);
        try (Table operands = Table.of(2).with(X, 1, 2, 3, 4).with(one, 10, 100)) {
            assertThat(operands.run(each)).containsExactly(1, 4, 9, 16);
            assertThat(operands.run(rows)).containsExactly(10, 20, 300, 400);
        }
    }

    @Test
    void aSumRepeatsTheRight() {
        Value row = Value.activation("row", TWO);
        Operator.Add add = new Operator.Add("a", Role.RESIDUAL, X, row, Y);
        try (Table operands = Table.of(2).with(X, 1, 2, 3, 4).with(row, 10, 20)) {
            assertThat(operands.run(add)).containsExactly(11, 22, 13, 24);
        }
    }

    @Test
    void aScaleIsAConstantOrTrained() {
        Parameter gate = parameter("gate", Parameter.Kind.GAIN, Shape.of(Axis.UNIT, 1));
        Parameter gains = parameter("gains", Parameter.Kind.GAIN, TWO);
        try (Table operands = Table.of(2).with(X, 1, 2, 3, 4).with(gate, 0.5f).with(gains, 2, 3)) {
            assertThat(operands.run(scale(new ScaleFactor.Constant(3)))).containsExactly(3, 6, 9, 12);
            float tanh = (float) Math.tanh(0.5);
            assertThat(operands.run(scale(new ScaleFactor.Learned(gate, ActivationFunction.TANH))))
                    .containsExactly(new float[] {tanh, 2 * tanh, 3 * tanh, 4 * tanh}, ROUNDING);
            assertThat(operands.run(scale(new ScaleFactor.Learned(gains, ActivationFunction.IDENTITY))))
                    .containsExactly(2, 6, 6, 12);
        }
    }

    private static Operator.Scale scale(ScaleFactor factor) {
        return new Operator.Scale("s", Role.RESIDUAL, X, factor, Y);
    }

    /// The key's rotated part has no heads, and goes to each.
    @Test
    void aConcatenationRepeatsWhatLacksAnAxis() {
        Shape heads = Shape.of(Axis.QUERY_HEADS, 2);
        Value plain = Value.activation("plain", TOKENS.then(heads).then(Shape.of(Axis.HEAD_SIZE, 2)));
        Value rotated = Value.activation("rotated", TOKENS.then(Shape.of(Axis.HEAD_SIZE, 1)));
        Value whole = Value.activation("whole", TOKENS.then(heads).then(Shape.of(Axis.HEAD_SIZE, 3)));
        Operator.Concatenate concatenate = new Operator.Concatenate(
                "c", Role.LATENT_UP_PROJECTION, List.of(plain, rotated), Axis.HEAD_SIZE, whole);
        try (Table operands = Table.of(2).with(plain, 1, 2, 3, 4, 5, 6, 7, 8).with(rotated, 10, 20)) {
            assertThat(operands.run(concatenate)).containsExactly(1, 2, 10, 3, 4, 10, 5, 6, 20, 7, 8, 20);
        }
    }

    @Test
    void dropoutDividesWhatStaysByItsShareAndSaysWhich() {
        int tokens = 5000;
        float[] ones = new float[2 * tokens];
        Arrays.fill(ones, 3);
        Operator.Dropout dropout = new Operator.Dropout("d", Role.RESIDUAL, X, 0.25, Y);
        try (Table operands = Table.of(tokens).with(X, ones).withFinding(Finding.DROPOUT_MASK, DataType.U8, 10_000)) {
            float[] dropped = operands.run(dropout);
            byte[] mask = operands.finding(Finding.DROPOUT_MASK).orElseThrow().octets();
            int zeros = 0;
            for (int i = 0; i < dropped.length; i++) {
                assertThat(dropped[i]).isEqualTo(mask[i] == 0 ? 0 : 4);
                zeros += 1 - mask[i];
            }
            // 2500 expected with a deviation of sqrt(10,000 · 0.25 · 0.75) = 43.
            assertThat(zeros).isBetween(2500 - 4 * 43, 2500 + 4 * 43);
            assertThat(operands.run(dropout)).isEqualTo(dropped);
        }
    }

    /// Two tokens: logits (0, ln 3) and (ln 3, 0), both for the second, with probabilities 3/4 and 1/4.
    @Test
    void theLossIsTheMeanSurprise() {
        Shape vocabulary = Shape.of(Axis.VOCABULARY, 2);
        Value logits = new Value("logits", TOKENS.then(vocabulary), Value.Content.SCORE);
        Value targets = Value.index("targets", TOKENS);
        Value loss = new Value("loss", new Shape(List.of()), Value.Content.SCORE);
        Operator.CrossEntropy operator = new Operator.CrossEntropy("loss", Role.HEAD, logits, targets, loss);
        float log = (float) Math.log(3);
        try (Table operands = Table.of(2)
                .with(logits, 0, log, log, 0)
                .withIndices(targets, 1, 1)
                .withFinding(Finding.LOG_SUM_EXP, DataType.F32, 2)) {
            assertThat(operands.run(operator)[0]).isCloseTo((float) (-Math.log(0.75) - Math.log(0.25)) / 2, ROUNDING);
            assertThat(operands.finding(Finding.LOG_SUM_EXP).orElseThrow().floats())
                    .containsExactly(new float[] {(float) Math.log(4), (float) Math.log(4)}, ROUNDING);
        }
    }

    /// 1 + 2^-8 lies half-way between two numbers of bf16 and goes to the even one; sums are of what is held.
    @Test
    void whatIsHeldInSixteenBitsIsWidenedAndRounded() {
        Operator.Add add = new Operator.Add("a", Role.RESIDUAL, X, X, Y);
        try (Table operands = Table.of(1, DataType.BF16).with(X, 1 + 1 / 256f, 1 + 3 / 256f)) {
            assertThat(operands.run(add)).containsExactly(2, 2 + 4 / 128f);
            assertThat(operands.value(Y).dataType()).isEqualTo(DataType.BF16);
            assertThat(operands.counts().bytesRead()).isEqualTo(2 * 2 * 2);
            assertThat(operands.counts().bytesWritten()).isEqualTo(2 * 2);
        }
    }

    private static Parameter parameter(String name, Parameter.Kind kind, Shape... groups) {
        return new Parameter(name, List.of(groups), kind, Parameter.Sharing.EACH_LAYER, TensorNames.NONE);
    }
}
