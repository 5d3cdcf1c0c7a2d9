package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension.Fixed;
import java.util.List;
import java.util.Optional;

/// Blocks, operators, values and parameters with other sizes.
final class Resizing {
    private final SmallSizes sizes;

    Resizing(SmallSizes sizes) {
        this.sizes = sizes;
    }

    Block block(Block block) {
        return new Block(
                name(block),
                values(block.inputs()),
                parameters(block.parameters()),
                block.operators().stream().map(this::operator).toList(),
                values(block.outputs()));
    }

    /// A layer's name may say how far it looks.
    private String name(Block block) {
        String name = block.name();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Attention attention) {
                name = switch (attention.mask()) {
                    case AttentionMask.SlidingWindow(long size) -> renamed(name, size, sizes.bite(size));
                    case AttentionMask.Chunked(long size) -> renamed(name, size, sizes.bite(size));
                    case AttentionMask.Blocks(long size) -> renamed(name, size, sizes.bite(size));
                    case AttentionMask.Selected(long size) ->
                        renamed(name, size, sizes.of(new Fixed(Axis.TOP_K, size)));
                    case AttentionMask.Everything everything -> name;
                    case AttentionMask.Causal causal -> name;
                };
            }
        }
        return name;
    }

    private static String renamed(String name, long size, long small) {
        return name.replaceAll("\\b" + size + "\\b", Long.toString(small));
    }

    private List<Value> values(List<Value> values) {
        return values.stream().map(this::value).toList();
    }

    private Value value(Value value) {
        return new Value(value.name(), sizes.shape(value.shape()), value.content());
    }

    private List<Parameter> parameters(List<Parameter> parameters) {
        return parameters.stream().map(this::parameter).toList();
    }

    private Parameter parameter(Parameter parameter) {
        return new Parameter(
                parameter.name(),
                parameter.groups().stream().map(sizes::shape).toList(),
                parameter.kind(),
                parameter.sharing(),
                parameter.names());
    }

    private Optional<Parameter> parameter(Optional<Parameter> parameter) {
        return parameter.map(this::parameter);
    }

    private Operator operator(Operator operator) {
        return switch (operator) {
            case Operator.Embedding old ->
                new Operator.Embedding(
                        old.name(),
                        old.role(),
                        value(old.indices()),
                        parameter(old.table()),
                        old.firstRow(),
                        value(old.output()));
            case Operator.Linear old ->
                new Operator.Linear(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        parameter(old.weight()),
                        parameter(old.bias()),
                        value(old.output()));
            case Operator.Normalization old ->
                new Operator.Normalization(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        old.kind(),
                        old.epsilon(),
                        old.axes(),
                        parameter(old.gain()),
                        parameter(old.bias()),
                        value(old.output()));
            case Operator.RotaryEmbedding old ->
                new Operator.RotaryEmbedding(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        rotary(old.input(), old.rotary()),
                        value(old.output()));
            case Operator.Attention old ->
                new Operator.Attention(
                        old.name(),
                        old.role(),
                        value(old.query()),
                        value(old.key()),
                        value(old.value()),
                        old.selection().map(this::value),
                        mask(old.mask()),
                        scores(old.query(), old.scores()),
                        values(old.cached()),
                        value(old.output()));
            case Operator.TokenSelection old ->
                new Operator.TokenSelection(
                        old.name(),
                        old.role(),
                        value(old.query()),
                        value(old.key()),
                        value(old.weights()),
                        value(old.output()));
            case Operator.Activation old ->
                new Operator.Activation(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        old.function(),
                        parameters(old.parameters()),
                        value(old.output()));
            case Operator.Multiply old ->
                new Operator.Multiply(
                        old.name(), old.role(), value(old.left()), value(old.right()), value(old.output()));
            case Operator.Add old ->
                new Operator.Add(old.name(), old.role(), value(old.left()), value(old.right()), value(old.output()));
            case Operator.Scale old ->
                new Operator.Scale(
                        old.name(), old.role(), value(old.input()), factor(old.factor()), value(old.output()));
            case Operator.Router old ->
                new Operator.Router(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        parameter(old.weight()),
                        parameter(old.bias()),
                        parameter(old.correction()),
                        sizes.routing(old.routing()),
                        value(old.experts()),
                        value(old.weights()));
            case Operator.Dispatch old ->
                new Operator.Dispatch(
                        old.name(), old.role(), value(old.input()), value(old.experts()), value(old.output()));
            case Operator.GroupedLinear old ->
                new Operator.GroupedLinear(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        value(old.experts()),
                        parameter(old.weight()),
                        parameter(old.bias()),
                        value(old.output()));
            case Operator.Combine old ->
                new Operator.Combine(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        value(old.experts()),
                        old.weights().map(this::value),
                        value(old.output()));
            case Operator.Convolution old ->
                new Operator.Convolution(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        kind(old.kind()),
                        parameter(old.weight()),
                        parameter(old.bias()),
                        value(old.output()));
            case Operator.StateSpaceScan old ->
                new Operator.StateSpaceScan(
                        old.name(),
                        old.role(),
                        value(old.input()),
                        value(old.timeStep()),
                        value(old.inputProjection()),
                        value(old.outputProjection()),
                        parameters(old.parameters()),
                        sizes.shape(old.state()),
                        value(old.output()));
            case Operator.DeltaRule old ->
                new Operator.DeltaRule(
                        old.name(),
                        old.role(),
                        value(old.query()),
                        value(old.key()),
                        value(old.value()),
                        value(old.beta()),
                        value(old.decay()),
                        parameters(old.parameters()),
                        sizes.shape(old.state()),
                        value(old.output()));
            case Operator.Concatenate old ->
                new Operator.Concatenate(old.name(), old.role(), values(old.inputs()), old.axis(), value(old.output()));
            case Operator.TokenPooling old ->
                new Operator.TokenPooling(
                        old.name(), old.role(), value(old.input()), sizes.pooling(old), value(old.output()));
            case Operator.Dropout old ->
                new Operator.Dropout(old.name(), old.role(), value(old.input()), old.rate(), value(old.output()));
            case Operator.CrossEntropy old ->
                new Operator.CrossEntropy(
                        old.name(), old.role(), value(old.logits()), value(old.targets()), value(old.output()));
            case Operator.AddBias old ->
                new Operator.AddBias(
                        old.name(), old.role(), value(old.input()), parameter(old.bias()), value(old.output()));
            case Collective collective ->
                throw new IllegalArgumentException(collective.name() + ": a device's part has no small likeness");
        };
    }

    private ScaleFactor factor(ScaleFactor factor) {
        return switch (factor) {
            case ScaleFactor.Constant constant -> constant;
            case ScaleFactor.Learned learned ->
                new ScaleFactor.Learned(parameter(learned.parameter()), learned.through());
        };
    }

    private ConvolutionKind kind(ConvolutionKind kind) {
        return switch (kind) {
            case ConvolutionKind.CausalByChannel(int width) -> new ConvolutionKind.CausalByChannel(kernel(width));
            case ConvolutionKind.Dense(int width, int stride) -> new ConvolutionKind.Dense(kernel(width), stride);
        };
    }

    private int kernel(int width) {
        return Math.toIntExact(sizes.of(new Fixed(Axis.KERNEL, width)));
    }

    private AttentionMask mask(AttentionMask mask) {
        return switch (mask) {
            case AttentionMask.SlidingWindow(long size) -> new AttentionMask.SlidingWindow(sizes.bite(size));
            case AttentionMask.Chunked(long size) -> new AttentionMask.Chunked(sizes.bite(size));
            case AttentionMask.Blocks(long size) -> new AttentionMask.Blocks(sizes.bite(size));
            case AttentionMask.Selected(long size) -> new AttentionMask.Selected(sizes.of(new Fixed(Axis.TOP_K, size)));
            case AttentionMask.Everything everything -> everything;
            case AttentionMask.Causal causal -> causal;
        };
    }

    /// A scale of one is none; any other keeps its ratio to `1 / sqrt(d)`.
    private AttentionScores scores(Value query, AttentionScores scores) {
        Fixed width = (Fixed) query.shape().dimensions().getLast();
        double ratio = Math.sqrt((double) width.size() / sizes.of(width));
        return new AttentionScores(
                scores.scale() == 1 ? 1 : scores.scale() * ratio,
                scores.softCap(),
                positions(scores.positions()),
                parameter(scores.sinks()));
    }

    private PositionBias positions(PositionBias positions) {
        return switch (positions) {
            case PositionBias.None none -> none;
            case PositionBias.LinearBias slopes -> slopes;
            case PositionBias.Buckets(Parameter table) -> new PositionBias.Buckets(parameter(table));
            case PositionBias.Disentangled(Optional<Value> keys, Optional<Value> queries) ->
                new PositionBias.Disentangled(keys.map(this::value), queries.map(this::value));
            case PositionBias.Sinusoids(Parameter projection) -> new PositionBias.Sinusoids(parameter(projection));
        };
    }

    private Rotary rotary(Value input, Rotary rotary) {
        long size = sizes.of(AxisRules.rotatedPart(input, rotary));
        return new Rotary(size, rotary.base(), rotary.pairing(), rotary.where(), scaling(rotary, size));
    }

    private RotaryScaling scaling(Rotary rotary, long size) {
        return switch (rotary.scaling()) {
            case RotaryScaling.None none -> none;
            case RotaryScaling.Linear linear -> linear;
            case RotaryScaling.Dynamic(double factor, long trained) ->
                new RotaryScaling.Dynamic(factor, sizes.bite(trained));
            case RotaryScaling.Yarn yarn ->
                new RotaryScaling.Yarn(
                        yarn.factor(),
                        sizes.bite(yarn.trainedPositions()),
                        yarn.betaFast(),
                        yarn.betaSlow(),
                        yarn.attentionFactor(),
                        yarn.ramp());
            case RotaryScaling.Llama3(double factor, double low, double high, long trained) ->
                new RotaryScaling.Llama3(factor, low, high, sizes.bite(trained));
            case RotaryScaling.Proportional(double factor, long turned) ->
                new RotaryScaling.Proportional(factor, Math.max(1, turned * size / rotary.size()));
            case RotaryScaling.LongRope(long trained) -> new RotaryScaling.LongRope(sizes.bite(trained));
        };
    }
}
