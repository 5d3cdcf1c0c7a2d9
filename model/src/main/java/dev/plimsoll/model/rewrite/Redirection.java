package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The same operator, reading other values of the same shape.
final class Redirection {
    private Redirection() {}

    static Operator of(Operator operator, UnaryOperator<Value> read) {
        return switch (operator) {
            case Operator.Embedding old ->
                new Operator.Embedding(
                        old.name(), old.role(), read.apply(old.indices()), old.table(), old.firstRow(), old.output());
            case Operator.Linear old ->
                new Operator.Linear(
                        old.name(), old.role(), read.apply(old.input()), old.weight(), old.bias(), old.output());
            case Operator.Normalization old ->
                new Operator.Normalization(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        old.kind(),
                        old.epsilon(),
                        old.axes(),
                        old.gain(),
                        old.bias(),
                        old.output());
            case Operator.RotaryEmbedding old ->
                new Operator.RotaryEmbedding(
                        old.name(), old.role(), read.apply(old.input()), old.rotary(), old.output());
            case Operator.Attention old ->
                new Operator.Attention(
                        old.name(),
                        old.role(),
                        read.apply(old.query()),
                        read.apply(old.key()),
                        read.apply(old.value()),
                        old.selection().map(read),
                        old.mask(),
                        scores(old.scores(), read),
                        old.cached().stream().map(read).toList(),
                        old.output());
            case Operator.TokenSelection old ->
                new Operator.TokenSelection(
                        old.name(),
                        old.role(),
                        read.apply(old.query()),
                        read.apply(old.key()),
                        read.apply(old.weights()),
                        old.output());
            case Operator.Activation old ->
                new Operator.Activation(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        old.function(),
                        old.parameters(),
                        old.output());
            case Operator.Multiply old ->
                new Operator.Multiply(
                        old.name(), old.role(), read.apply(old.left()), read.apply(old.right()), old.output());
            case Operator.Add old ->
                new Operator.Add(old.name(), old.role(), read.apply(old.left()), read.apply(old.right()), old.output());
            case Operator.Scale old ->
                new Operator.Scale(old.name(), old.role(), read.apply(old.input()), old.factor(), old.output());
            case Operator.Router old ->
                new Operator.Router(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        old.weight(),
                        old.bias(),
                        old.correction(),
                        old.routing(),
                        old.experts(),
                        old.weights());
            case Operator.Dispatch old ->
                new Operator.Dispatch(
                        old.name(), old.role(), read.apply(old.input()), read.apply(old.experts()), old.output());
            case Operator.GroupedLinear old ->
                new Operator.GroupedLinear(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        read.apply(old.experts()),
                        old.weight(),
                        old.bias(),
                        old.output());
            case Operator.Combine old ->
                new Operator.Combine(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        read.apply(old.experts()),
                        old.weights().map(read),
                        old.output());
            case Operator.Convolution old ->
                new Operator.Convolution(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        old.kind(),
                        old.weight(),
                        old.bias(),
                        old.output());
            case Operator.StateSpaceScan old ->
                new Operator.StateSpaceScan(
                        old.name(),
                        old.role(),
                        read.apply(old.input()),
                        read.apply(old.timeStep()),
                        read.apply(old.inputProjection()),
                        read.apply(old.outputProjection()),
                        old.parameters(),
                        old.state(),
                        old.output());
            case Operator.DeltaRule old ->
                new Operator.DeltaRule(
                        old.name(),
                        old.role(),
                        read.apply(old.query()),
                        read.apply(old.key()),
                        read.apply(old.value()),
                        read.apply(old.beta()),
                        read.apply(old.decay()),
                        old.parameters(),
                        old.state(),
                        old.output());
            case Operator.Concatenate old ->
                new Operator.Concatenate(
                        old.name(), old.role(), old.inputs().stream().map(read).toList(), old.axis(), old.output());
            case Operator.TokenPooling old ->
                new Operator.TokenPooling(old.name(), old.role(), read.apply(old.input()), old.pooling(), old.output());
            case Operator.Dropout old ->
                new Operator.Dropout(old.name(), old.role(), read.apply(old.input()), old.rate(), old.output());
            case Operator.CrossEntropy old ->
                new Operator.CrossEntropy(
                        old.name(), old.role(), read.apply(old.logits()), read.apply(old.targets()), old.output());
            case Operator.AddBias old ->
                new Operator.AddBias(old.name(), old.role(), read.apply(old.input()), old.bias(), old.output());
            case Collective collective ->
                throw new IllegalArgumentException(collective.name() + ": a device's part is not rewritten further");
        };
    }

    private static AttentionScores scores(AttentionScores scores, UnaryOperator<Value> read) {
        return switch (scores.positions()) {
            case PositionBias.None(), PositionBias.LinearBias() -> scores;
            case PositionBias.Buckets buckets -> scores;
            case PositionBias.Sinusoids sinusoids -> scores;
            case PositionBias.Disentangled(Optional<Value> keys, Optional<Value> queries) ->
                scores.withPositions(new PositionBias.Disentangled(keys.map(read), queries.map(read)));
        };
    }
}
