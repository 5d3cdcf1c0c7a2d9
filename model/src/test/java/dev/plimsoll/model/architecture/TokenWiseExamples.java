package dev.plimsoll.model.architecture;

import static dev.plimsoll.model.architecture.OperatorExample.HIDDEN;
import static dev.plimsoll.model.architecture.OperatorExample.INNER;
import static dev.plimsoll.model.architecture.OperatorExample.SCALAR;
import static dev.plimsoll.model.architecture.OperatorExample.TOKENS;
import static dev.plimsoll.model.architecture.OperatorExample.UNIT;
import static dev.plimsoll.model.architecture.OperatorExample.parameter;
import static dev.plimsoll.model.architecture.OperatorExample.tokens;
import static dev.plimsoll.model.architecture.OperatorExample.value;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;

/// Examples of the operators that treat each token by itself.
final class TokenWiseExamples {
    private static final Value X = tokens("x", HIDDEN);
    private static final Value Y = tokens("y", HIDDEN);
    private static final Value WIDE = tokens("wide", INNER);

    private TokenWiseExamples() {}

    static List<OperatorExample> all() {
        return List.of(
                embedding(),
                linear(),
                linearOverHeads(),
                tableOfSeveralRowAxes(),
                normalization(),
                normalizationOfEachHead(),
                rotary(),
                activation(),
                trainedActivation(),
                multiply(),
                add(),
                scale(),
                concatenate(),
                concatenateTokens(),
                concatenateClassToken(),
                dropout(),
                crossEntropy(),
                addBias());
    }

    private static OperatorExample dropout() {
        return new OperatorExample(new Operator.Dropout("dropout", Role.RESIDUAL, X, 0.1, Y))
                .but(
                        new Operator.Dropout("dropout", Role.RESIDUAL, X, 0.1, WIDE),
                        "output wide is [b, s, f20] but must be [b, s, h12]")
                .but(
                        new Operator.Dropout("dropout", Role.RESIDUAL, X, 1, Y),
                        "its rate is a probability below 1, not 1.0");
    }

    private static OperatorExample crossEntropy() {
        Value logits = tokens("logits", Shape.of(Axis.VOCABULARY, 30));
        Value targets = Value.index("targets", TOKENS);
        Value loss = value("loss", SCALAR);
        return new OperatorExample(new Operator.CrossEntropy("loss", Role.HEAD, logits, targets, loss))
                .but(
                        new Operator.CrossEntropy("loss", Role.HEAD, logits, logits, loss),
                        "targets logits is [b, s, V30] but must be [b, s]")
                .but(
                        new Operator.CrossEntropy("loss", Role.HEAD, logits, targets, Y),
                        "output y is [b, s, h12] but must be []");
    }

    private static OperatorExample addBias() {
        return new OperatorExample(new Operator.AddBias("bias", Role.RESIDUAL, X, parameter("bias", HIDDEN), Y))
                .but(
                        new Operator.AddBias("bias", Role.RESIDUAL, X, parameter("bias", INNER), Y),
                        "the bias [f20] does not fit the input x[b, s, h12]")
                .but(
                        new Operator.AddBias("bias", Role.RESIDUAL, X, parameter("bias", HIDDEN), WIDE),
                        "output wide is [b, s, f20] but must be [b, s, h12]");
    }

    private static OperatorExample embedding() {
        Value numbers = Value.index("numbers", TOKENS);
        Shape rows = Shape.of(Axis.VOCABULARY, 30);
        return new OperatorExample(embedding(numbers, parameter("table", rows, HIDDEN), Y))
                .but(embedding(numbers, parameter("table", rows), Y), "it cannot make y[b, s, h12] of the table [V30]")
                .but(
                        embedding(numbers, parameter("table", rows, HIDDEN), numbers),
                        "it cannot make numbers[b, s] of the table [V30, h12]")
                .but(
                        embedding(numbers, parameter("table", rows, HIDDEN), WIDE),
                        "output wide is [b, s, f20] but must be [b, s, h12]");
    }

    private static Operator embedding(Value numbers, Parameter table, Value output) {
        return new Operator.Embedding("embedding", Role.EMBEDDING, numbers, table, output);
    }

    private static OperatorExample linear() {
        Parameter weight = parameter("weight", INNER, HIDDEN);
        return new OperatorExample(linear(X, weight, Optional.of(parameter("bias", INNER)), WIDE))
                .but(
                        linear(X, parameter("weight", HIDDEN, INNER), Optional.empty(), Y),
                        "sums over [f20] but the input is [b, s, h12]")
                .but(
                        linear(X, weight, Optional.empty(), tokens("narrow", Shape.of(Axis.FEED_FORWARD, 19))),
                        "output narrow is [b, s, f19] but must be [b, s, f20]")
                .but(linear(X, weight, Optional.of(parameter("bias", HIDDEN)), WIDE), "bias is [h12] but must be [f20]")
                .but(linear(X, parameter("weight", INNER), Optional.empty(), WIDE), "cannot make wide[b, s, f20]")
                .but(
                        linear(value("x", SCALAR), weight, Optional.empty(), value("y", SCALAR)),
                        "cannot make y[] of x[] and [f20, h12]");
    }

    /// The sum runs over heads and head size together; a product of the same size is another map.
    private static OperatorExample linearOverHeads() {
        Shape heads = Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 6);
        Shape fewer = Shape.of(Axis.QUERY_HEADS, 2, Axis.HEAD_SIZE, 12);
        Value attended = tokens("attended", heads);
        return new OperatorExample(linear(attended, parameter("weight", HIDDEN, heads), Optional.empty(), Y))
                .but(
                        linear(attended, parameter("weight", HIDDEN, fewer), Optional.empty(), Y),
                        "sums over [a2, d12] but the input is [b, s, a4, d6]");
    }

    private static Operator linear(Value input, Parameter weight, Optional<Parameter> bias, Value output) {
        return new Operator.Linear("linear", Role.FEED_FORWARD, input, weight, bias, output);
    }

    /// A table of several row axes, here one row for each aspect and tile.
    private static OperatorExample tableOfSeveralRowAxes() {
        Value numbers = Value.index("numbers", TOKENS);
        Parameter table = parameter("table", Shape.of(Axis.CHANNELS, 9), Shape.of(Axis.POSITIONS, 4), HIDDEN);
        return new OperatorExample(embedding(numbers, table, Y))
                .but(
                        embedding(
                                numbers,
                                table,
                                tokens("y", Shape.of(Axis.POSITIONS, 9).then(HIDDEN))),
                        "output y is [b, s, P9, h12] but must be [b, s, P4, h12]");
    }

    private static OperatorExample normalization() {
        Optional<Parameter> gain = Optional.of(parameter("gain", HIDDEN));
        Optional<Parameter> bias = Optional.of(parameter("bias", HIDDEN));
        Optional<Parameter> wrong = Optional.of(parameter("wrong", INNER));
        return new OperatorExample(normalization(1, gain, bias, Y))
                .but(normalization(1, gain, bias, WIDE), "output wide is [b, s, f20] but must be [b, s, h12]")
                .but(normalization(1, wrong, bias, Y), "gain is [f20] for an input [b, s, h12]")
                .but(normalization(1, gain, wrong, Y), "bias is [f20] for an input [b, s, h12]")
                .but(normalization(0, gain, bias, Y), "it cannot normalise over 0 of 3 axes")
                .but(normalization(4, gain, bias, Y), "it cannot normalise over 4 of 3 axes");
    }

    private static OperatorExample normalizationOfEachHead() {
        Value head = tokens("head", Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 6));
        Parameter gain = parameter("gain", Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 6));
        return new OperatorExample(headNormalization(1, gain, head))
                .but(
                        headNormalization(2, parameter("gain", Shape.of(Axis.HEAD_SIZE, 6)), head),
                        "gain is [d6] for an input [b, s, a4, d6]");
    }

    private static Operator headNormalization(int axes, Parameter gain, Value head) {
        return new Operator.Normalization(
                "norm",
                Role.NORMALIZATION,
                head,
                NormalizationKind.ROOT_MEAN_SQUARE,
                1e-5,
                axes,
                Optional.of(gain),
                Optional.empty(),
                head);
    }

    private static Operator normalization(int axes, Optional<Parameter> gain, Optional<Parameter> bias, Value output) {
        return new Operator.Normalization(
                "norm", Role.NORMALIZATION, X, NormalizationKind.LAYER, 1e-5, axes, gain, bias, output);
    }

    private static OperatorExample rotary() {
        Value head = tokens("head", Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 6));
        return new OperatorExample(rotary(6, head, head))
                .but(rotary(4, head, Y), "output y is [b, s, h12] but must be [b, s, a4, d6]")
                .but(rotary(8, head, head), "it rotates 8 elements of head[b, s, a4, d6]")
                .but(rotary(2, value("x", TOKENS), value("y", TOKENS)), "it rotates 2 elements of x[b, s]")
                .but(rotary(2, value("x", SCALAR), value("y", SCALAR)), "x[] needs 1 axes or more");
    }

    private static Operator rotary(long size, Value input, Value output) {
        Rotary rotary = new Rotary(size, 10_000, Rotary.Pairing.HALVES, Rotary.End.FIRST, new RotaryScaling.None());
        return new Operator.RotaryEmbedding("rotary", Role.POSITION, input, rotary, output);
    }

    private static OperatorExample activation() {
        return new OperatorExample(activation(ActivationFunction.SILU, List.of(), Y))
                .but(
                        activation(ActivationFunction.SILU, List.of(), WIDE),
                        "output wide is [b, s, f20] but must be [b, s, h12]")
                .but(
                        activation(ActivationFunction.SILU, List.of(parameter("alpha", UNIT)), Y),
                        "SILU has 0 trained scalars, not 1");
    }

    private static OperatorExample trainedActivation() {
        Parameter alpha = parameter("alpha", UNIT);
        Parameter beta = parameter("beta", UNIT);
        return new OperatorExample(activation(ActivationFunction.XIELU, List.of(alpha, beta), Y))
                .but(activation(ActivationFunction.XIELU, List.of(alpha), Y), "XIELU has 2 trained scalars, not 1")
                .but(
                        activation(ActivationFunction.XIELU, List.of(alpha, parameter("beta", HIDDEN)), Y),
                        "scalar is [h12] but must be [11]");
    }

    private static Operator activation(ActivationFunction function, List<Parameter> scalars, Value output) {
        return new Operator.Activation("activation", Role.FEED_FORWARD, X, function, scalars, output);
    }

    private static OperatorExample multiply() {
        return new OperatorExample(multiply(X, tokens("gate", UNIT), Y))
                .but(multiply(X, Y, WIDE), "output wide is [b, s, f20] but must be [b, s, h12]")
                .but(multiply(X, WIDE, Y), "left [b, s, h12] and right [b, s, f20] disagree")
                .but(multiply(X, value("gate", HIDDEN), Y), "left [b, s, h12] and right [h12] disagree")
                .but(multiply(X, value("gate", UNIT.then(TOKENS)), Y), "right [11, b, s] disagree");
    }

    private static Operator multiply(Value left, Value right, Value output) {
        return new Operator.Multiply("multiply", Role.FEED_FORWARD, left, right, output);
    }

    private static OperatorExample add() {
        return new OperatorExample(add(X, value("rows", HIDDEN), Y))
                .but(add(X, Y, WIDE), "output wide is [b, s, f20] but must be [b, s, h12]")
                .but(add(X, WIDE, Y), "left x[b, s, h12] and right wide[b, s, f20] disagree")
                .but(add(X, value("rows", TOKENS), Y), "left x[b, s, h12] and right rows[b, s] disagree");
    }

    private static Operator add(Value left, Value right, Value output) {
        return new Operator.Add("add", Role.RESIDUAL, left, right, output);
    }

    private static OperatorExample scale() {
        return new OperatorExample(scale(learned(HIDDEN), Y))
                .but(scale(new ScaleFactor.Constant(2), WIDE), "output wide is [b, s, f20] but must be [b, s, h12]")
                .but(scale(learned(INNER), Y), "the factor [f20] does not fit the input x[b, s, h12]");
    }

    private static ScaleFactor learned(Shape shape) {
        return new ScaleFactor.Learned(parameter("factor", shape), ActivationFunction.TANH);
    }

    private static Operator scale(ScaleFactor factor, Value output) {
        return new Operator.Scale("scale", Role.RESIDUAL, X, factor, output);
    }

    /// The second input lacks the heads, so it is repeated for each.
    private static OperatorExample concatenate() {
        Shape heads = Shape.of(Axis.QUERY_HEADS, 4);
        Value plain = tokens("plain", heads.then(size(6)));
        Value rotated = tokens("rotated", size(2));
        Value whole = tokens("whole", heads.then(size(8)));
        return new OperatorExample(concatenate(plain, rotated, Axis.HEAD_SIZE, whole))
                .but(
                        concatenate(plain, rotated, Axis.HEAD_SIZE, tokens("whole", heads.then(size(9)))),
                        "the inputs add up to 8 along HEAD_SIZE, the output is [b, s, a4, d9]")
                .but(
                        concatenate(
                                plain, tokens("rotated", HIDDEN), Axis.HEAD_SIZE, tokens("whole", heads.then(size(7)))),
                        "the input rotated[b, s, h12] does not fit the output [b, s, a4, d7]")
                .but(
                        concatenate(
                                tokens("plain", Shape.of(Axis.QUERY_HEADS, 3).then(size(6))),
                                rotated,
                                Axis.HEAD_SIZE,
                                whole),
                        "the input plain[b, s, a3, d6] does not fit the output [b, s, a4, d8]");
    }

    private static OperatorExample concatenateTokens() {
        return new OperatorExample(concatenate(X, tokens("more", HIDDEN), Axis.SEQUENCE, Y))
                .but(
                        concatenate(X, WIDE, Axis.SEQUENCE, Y),
                        "the input wide[b, s, f20] does not fit the output [b, s, h12]")
                .but(concatenate(X, X, Axis.HIDDEN, value("y", TOKENS)), "the output [b, s] has no HIDDEN")
                .but(
                        concatenate(X, tokens("more", Shape.of(Axis.HIDDEN, 13)), Axis.SEQUENCE, Y),
                        "the input more[b, s, h13] does not fit the output [b, s, h12]");
    }

    private static OperatorExample concatenateClassToken() {
        Value token = value("class", Shape.open(Axis.BATCH).then(HIDDEN));
        return new OperatorExample(concatenate(token, X, Axis.SEQUENCE, Y))
                .but(
                        concatenate(value("class", Shape.open(Axis.BATCH).then(INNER)), X, Axis.SEQUENCE, Y),
                        "the input class[b, f20] does not fit the output [b, s, h12]");
    }

    private static Shape size(long size) {
        return Shape.of(Axis.HEAD_SIZE, size);
    }

    private static Operator concatenate(Value first, Value second, Axis axis, Value output) {
        return new Operator.Concatenate("concatenate", Role.POSITION, List.of(first, second), axis, output);
    }
}
