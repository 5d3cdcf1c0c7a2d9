package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Appends operators to a block, names their values and parameters after them, and builds the block.
///
/// An operator `attention.query` writes the value `attention.query` and reads the parameters
/// `attention.query.weight` and `attention.query.bias`.
public final class BlockBuilder {
    private final String name;
    private final TensorNaming naming;
    private final Axis tokens;
    private final List<Value> inputs = new ArrayList<>();
    private final List<Operator> operators = new ArrayList<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Parameter.Sharing sharing;
    private Map<String, Double> multipliers = Map.of();

    /// @param tokens the axis along which the block's tokens lie
    /// @param sharing whether each layer that runs this block has parameters of its own
    public BlockBuilder(String name, TensorNaming naming, Axis tokens, Parameter.Sharing sharing) {
        this.name = name;
        this.naming = naming;
        this.tokens = tokens;
        this.sharing = sharing;
    }

    /// `[b, tokens]`, what each token-wise value begins with.
    public Shape tokens() {
        return Shape.open(Axis.BATCH, tokens);
    }

    /// An activation from outside: `[b, tokens, inner..]`.
    public Value input(String valueName, Shape inner) {
        return input(Value.activation(valueName, tokens().then(inner)));
    }

    public Value input(Value value) {
        inputs.add(value);
        return value;
    }

    /// Declares a parameter of this block. To declare an equal one again changes nothing.
    public Parameter parameter(String parameterName, Parameter.Kind kind, Shape... groups) {
        return parameter(parameterName, kind, sharing, groups);
    }

    /// Declares a parameter with a sharing of its own, for example a table that every layer of a stack reads.
    public Parameter parameter(String parameterName, Parameter.Kind kind, Parameter.Sharing own, Shape... groups) {
        return use(new Parameter(parameterName, List.of(groups), kind, own, naming.of(parameterName)));
    }

    /// Declares a parameter that another block has too.
    public Parameter use(Parameter parameter) {
        parameters.putIfAbsent(parameter.name(), parameter);
        return parameter;
    }

    /// Appends an operator and gives its first output.
    public Value append(Operator operator) {
        operators.add(operator);
        return operator.output();
    }

    /// A linear map from `inputWidths` to `outputs`.
    public Value linear(String key, Role role, Value input, Shape inputWidths, Shape outputs, Presence bias) {
        Parameter weight = parameter(key + ".weight", Parameter.Kind.MATRIX, outputs, inputWidths);
        return linear(key, role, input, weight, inputWidths, outputs, bias(key, bias, outputs));
    }

    /// A linear map by a weight already declared, for example a tied head.
    public Value linear(
            String key,
            Role role,
            Value input,
            Parameter weight,
            Shape inputWidths,
            Shape outputs,
            Optional<Parameter> bias) {
        Shape shape =
                input.shape().leading(input.shape().rank() - inputWidths.rank()).then(outputs);
        Value output = append(new Operator.Linear(key, role, input, weight, bias, Value.activation(key, shape)));
        Double multiplier = multipliers.get(key);
        return multiplier == null
                ? output
                : scale(key + ".multiplied", role, output, new ScaleFactor.Constant(multiplier));
    }

    /// Appends what `step` does, with the outputs of the linear maps that are named multiplied by constants.
    Value multiplying(Map<String, Double> factors, Supplier<Value> step) {
        Map<String, Double> before = multipliers;
        multipliers = factors;
        Value output = step.get();
        multipliers = before;
        return output;
    }

    /// A bias where there is one, which lies in a file as these groups.
    public Optional<Parameter> bias(String key, Presence bias, Shape... groups) {
        return switch (bias) {
            case ABSENT -> Optional.empty();
            case PRESENT -> Optional.of(parameter(key + ".bias", Parameter.Kind.BIAS, groups));
        };
    }

    /// A convolution of each channel over a token and the ones before it: `channels · width` parameters, and a bias.
    Value convolve(String key, Value input, Shape channels, int width, Presence bias) {
        Parameter kernel = parameter(key + ".weight", Parameter.Kind.KERNEL, channels, Shape.of(Axis.KERNEL, width));
        return append(new Operator.Convolution(
                key,
                Role.RECURRENCE,
                input,
                new ConvolutionKind.CausalByChannel(width),
                kernel,
                bias(key, bias, channels),
                Value.activation(key, input.shape())));
    }

    /// A normalisation over the input's last `axes` axes.
    public Value normalize(String key, Value input, NormRecipe recipe, int axes) {
        return normalize(key, input, recipe, axes, input.shape().trailing(axes));
    }

    /// A normalisation over the input's last axis, with gains of its own for each row of the axis before it.
    public Value normalizeEach(String key, Value input, NormRecipe recipe) {
        Shape both = input.shape().trailing(2);
        return normalize(key, input, recipe, 1, both.leading(1), both.trailing(1));
    }

    /// A normalisation over the input's last `axes` axes, whose gains lie in a file as these groups of the last axes.
    Value normalize(String key, Value input, NormRecipe recipe, int axes, Shape... groups) {
        Optional<Parameter> gain = recipe.affine().gain().map(kind -> parameter(key + ".weight", kind, groups));
        return append(new Operator.Normalization(
                key,
                Role.NORMALIZATION,
                input,
                recipe.kind(),
                recipe.epsilon(),
                axes,
                gain,
                bias(key, recipe.affine().bias(), groups),
                Value.activation(key, input.shape())));
    }

    public Value rotate(String key, Value input, Rotary rotary) {
        return append(
                new Operator.RotaryEmbedding(key, Role.POSITION, input, rotary, Value.activation(key, input.shape())));
    }

    public Value activate(String key, Role role, Value input, ActivationFunction function) {
        List<Parameter> scalars = function == ActivationFunction.XIELU
                ? List.of(
                        parameter(key + ".alpha_p", Parameter.Kind.GAIN, Shape.of(Axis.UNIT, 1)),
                        parameter(key + ".alpha_n", Parameter.Kind.GAIN, Shape.of(Axis.UNIT, 1)))
                : List.of();
        return append(
                new Operator.Activation(key, role, input, function, scalars, Value.activation(key, input.shape())));
    }

    public Value multiply(String key, Role role, Value left, Value right) {
        return append(new Operator.Multiply(key, role, left, right, Value.activation(key, left.shape())));
    }

    public Value add(String key, Role role, Value left, Value right) {
        return append(new Operator.Add(key, role, left, right, Value.activation(key, left.shape())));
    }

    public Value scale(String key, Role role, Value input, ScaleFactor factor) {
        return append(new Operator.Scale(key, role, input, factor, Value.activation(key, input.shape())));
    }

    /// The input times a trained scalar, `key.weight`, passed through a function.
    public Value gate(String key, Role role, Value input, ActivationFunction through) {
        Parameter gate = parameter(key + ".weight", Parameter.Kind.GAIN, Shape.of(Axis.UNIT, 1));
        return scale(key, role, input, new ScaleFactor.Learned(gate, through));
    }

    public Block build(Value... outputs) {
        return new Block(name, inputs, List.copyOf(parameters.values()), operators, List.of(outputs));
    }
}
