package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The same operator over a device's part of its values and parameters.
///
/// @param read what is read in place of a value
/// @param write what is written in its place
/// @param hold what is held of a parameter
record PartOfOperator(UnaryOperator<Value> read, UnaryOperator<Value> write, UnaryOperator<Parameter> hold) {
    Operator of(Operator operator) {
        return switch (operator) {
            case Operator.Embedding old ->
                new Operator.Embedding(
                        old.name(), old.role(), read(old.indices()), hold(old.table()), write(old.output()));
            case Operator.Linear old ->
                new Operator.Linear(
                        old.name(),
                        old.role(),
                        read(old.input()),
                        hold(old.weight()),
                        old.bias().map(hold),
                        write(old.output()));
            case Operator.AddBias old ->
                new Operator.AddBias(old.name(), old.role(), read(old.input()), hold(old.bias()), write(old.output()));
            case Operator.Normalization old ->
                new Operator.Normalization(
                        old.name(),
                        old.role(),
                        read(old.input()),
                        old.kind(),
                        old.epsilon(),
                        old.axes(),
                        old.gain().map(hold),
                        old.bias().map(hold),
                        write(old.output()));
            case Operator.RotaryEmbedding old ->
                new Operator.RotaryEmbedding(
                        old.name(), old.role(), read(old.input()), old.rotary(), write(old.output()));
            case Operator.Attention old -> attention(old);
            case Operator.Activation old ->
                new Operator.Activation(
                        old.name(),
                        old.role(),
                        read(old.input()),
                        old.function(),
                        old.parameters().stream().map(hold).toList(),
                        write(old.output()));
            case Operator.Multiply old ->
                new Operator.Multiply(old.name(), old.role(), read(old.left()), read(old.right()), write(old.output()));
            case Operator.Add old ->
                new Operator.Add(old.name(), old.role(), read(old.left()), read(old.right()), write(old.output()));
            case Operator.Scale old ->
                new Operator.Scale(
                        old.name(), old.role(), read(old.input()), factor(old.factor()), write(old.output()));
            case Operator.Router old ->
                new Operator.Router(
                        old.name(),
                        old.role(),
                        read(old.input()),
                        hold(old.weight()),
                        old.bias().map(hold),
                        old.correction().map(hold),
                        old.routing(),
                        write(old.experts()),
                        write(old.weights()));
            case Operator.Dispatch old ->
                new Operator.Dispatch(
                        old.name(), old.role(), read(old.input()), read(old.experts()), write(old.output()));
            case Operator.GroupedLinear old ->
                new Operator.GroupedLinear(
                        old.name(),
                        old.role(),
                        read(old.input()),
                        read(old.experts()),
                        hold(old.weight()),
                        old.bias().map(hold),
                        write(old.output()));
            case Operator.Combine old ->
                new Operator.Combine(
                        old.name(),
                        old.role(),
                        read(old.input()),
                        read(old.experts()),
                        old.weights().map(read),
                        write(old.output()));
            case Operator.Concatenate old ->
                new Operator.Concatenate(
                        old.name(),
                        old.role(),
                        old.inputs().stream().map(read).toList(),
                        old.axis(),
                        write(old.output()));
            case Operator.Dropout old ->
                new Operator.Dropout(old.name(), old.role(), read(old.input()), old.rate(), write(old.output()));
            case Operator.CrossEntropy old ->
                new Operator.CrossEntropy(
                        old.name(), old.role(), read(old.logits()), read(old.targets()), write(old.output()));
            case Operator.TokenSelection _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.TokenPooling _,
                    Collective _ -> throw notDivided(operator.name());
        };
    }

    /// Training keeps no cache.
    Operator.Attention attention(Operator.Attention old) {
        return new Operator.Attention(
                old.name(),
                old.role(),
                read(old.query()),
                read(old.key()),
                read(old.value()),
                old.selection().map(read),
                old.mask(),
                scores(old.scores()),
                List.of(),
                write(old.output()));
    }

    private AttentionScores scores(AttentionScores scores) {
        PositionBias positions = switch (scores.positions()) {
            case PositionBias.None none -> none;
            case PositionBias.LinearBias slopes -> slopes;
            case PositionBias.Buckets(Parameter table) -> new PositionBias.Buckets(hold(table));
            case PositionBias.Disentangled(Optional<Value> keys, Optional<Value> queries) ->
                new PositionBias.Disentangled(keys.map(read), queries.map(read));
            case PositionBias.Sinusoids(Parameter projection) -> new PositionBias.Sinusoids(hold(projection));
        };
        return new AttentionScores(
                scores.scale(), scores.softCap(), positions, scores.sinks().map(hold));
    }

    private ScaleFactor factor(ScaleFactor factor) {
        return switch (factor) {
            case ScaleFactor.Constant constant -> constant;
            case ScaleFactor.Learned learned -> new ScaleFactor.Learned(hold(learned.parameter()), learned.through());
        };
    }

    private Value read(Value value) {
        return read.apply(value);
    }

    private Value write(Value value) {
        return write.apply(value);
    }

    private Parameter hold(Parameter parameter) {
        return hold.apply(parameter);
    }

    /// @param what operator, or what of it
    static InputException notDivided(String what) {
        return InputException.unsupported(
                what + ": found an operator that cannot be divided among devices yet, expected one of those that can",
                "Use other degrees, or choose a model without it.");
    }
}
