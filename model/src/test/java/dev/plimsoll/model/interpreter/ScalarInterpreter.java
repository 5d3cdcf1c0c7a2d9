package dev.plimsoll.model.interpreter;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Executes a block's operators in their order, one number at a time, from nothing but the description.
final class ScalarInterpreter {
    private final Map<Axis, Integer> open;
    private final Map<String, Tensor> parameters;
    private final Map<String, Tensor> values;

    private ScalarInterpreter(Map<Axis, Integer> open, Map<String, Tensor> parameters, Map<String, Tensor> inputs) {
        this.open = open;
        this.parameters = parameters;
        this.values = new HashMap<>(inputs);
    }

    /// The block's first output.
    ///
    /// @param open how long each open axis is
    /// @param parameters every parameter of the block by its name
    /// @param inputs every input of the block by its name
    static Tensor run(
            Block block, Map<Axis, Integer> open, Map<String, Tensor> parameters, Map<String, Tensor> inputs) {
        ScalarInterpreter interpreter = new ScalarInterpreter(open, parameters, inputs);
        block.operators().forEach(interpreter::execute);
        return interpreter.read(block.outputs().getFirst());
    }

    private void execute(Operator operator) {
        switch (operator) {
            case Operator.Linear linear -> linear(linear);
            case Operator.Normalization normalization -> normalization(normalization);
            case Operator.RotaryEmbedding embedding -> rotary(embedding);
            case Operator.Attention attention -> attention(attention);
            case Operator.Activation activation -> {
                Tensor input = read(activation.input());
                write(activation.output(), i -> apply(activation.function(), input.at(i)));
            }
            case Operator.Multiply multiply -> {
                Tensor left = read(multiply.left());
                Tensor right = read(multiply.right());
                write(multiply.output(), i -> left.at(i) * right.at(i / (left.size() / right.size())));
            }
            case Operator.Add add -> {
                Tensor left = read(add.left());
                Tensor right = read(add.right());
                write(add.output(), i -> left.at(i) + right.at(i % right.size()));
            }
            case Operator.Router router -> router(router);
            case Operator.Dispatch dispatch -> {
                Tensor input = read(dispatch.input());
                int width = width(dispatch.input());
                int copies = width(dispatch.experts());
                write(dispatch.output(), i -> input.at(i / (copies * width) * width + i % width));
            }
            case Operator.GroupedLinear grouped -> groupedLinear(grouped);
            case Operator.Combine combine -> combine(combine);
            case Operator.Embedding other -> throw notExecuted(other);
            case Operator.TokenSelection other -> throw notExecuted(other);
            case Operator.Scale other -> throw notExecuted(other);
            case Operator.Convolution other -> throw notExecuted(other);
            case Operator.StateSpaceScan other -> throw notExecuted(other);
            case Operator.DeltaRule other -> throw notExecuted(other);
            case Operator.Concatenate other -> throw notExecuted(other);
            case Operator.TokenPooling other -> throw notExecuted(other);
            case Operator.Dropout other -> throw notExecuted(other);
            case Operator.CrossEntropy other -> throw notExecuted(other);
            case Operator.AddBias other -> throw notExecuted(other);
            case Collective other -> throw notExecuted(other);
        }
    }

    private void linear(Operator.Linear linear) {
        Tensor input = read(linear.input());
        Tensor weight = read(linear.weight());
        int inputs = Math.toIntExact(linear.inputs().fixedElements());
        int outputs = Math.toIntExact(linear.outputs().fixedElements());
        write(linear.output(), i -> {
            int column = i % outputs;
            return dot(input, i / outputs * inputs, weight, column * inputs, inputs) + orZero(linear.bias(), column);
        });
    }

    private void normalization(Operator.Normalization normalization) {
        requireExecuted(normalization, normalization.kind() == NormalizationKind.ROOT_MEAN_SQUARE);
        Tensor input = read(normalization.input());
        Tensor gain = read(normalization.gain().orElseThrow());
        int width = gain.size();
        write(normalization.output(), i -> {
            int row = i - i % width;
            double meanSquare = dot(input, row, input, row, width) / width;
            return input.at(i) / Math.sqrt(meanSquare + normalization.epsilon()) * gain.at(i - row);
        });
    }

    private void rotary(Operator.RotaryEmbedding embedding) {
        Rotary rotary = embedding.rotary();
        requireExecuted(embedding, rotary.scaling().equals(new RotaryScaling.None()));
        requireExecuted(embedding, rotary.pairing() == Rotary.Pairing.HALVES && rotary.where() == Rotary.End.FIRST);
        Tensor input = read(embedding.input());
        int half = Math.toIntExact(rotary.size() / 2);
        write(embedding.output(), i -> {
            int at = i % width(embedding.input());
            if (at >= 2 * half) {
                return input.at(i);
            }
            double angle = token(embedding.input(), i) * Math.pow(rotary.base(), -2.0 * (at % half) / rotary.size());
            double other = at < half ? -input.at(i + half) : input.at(i - half);
            return input.at(i) * Math.cos(angle) + other * Math.sin(angle);
        });
    }

    private void attention(Operator.Attention attention) {
        AttentionScores scores = attention.scores();
        requireExecuted(attention, scores.equals(AttentionScores.scaled(scores.scale())));
        requireExecuted(attention, attention.mask().equals(new AttentionMask.Causal()));
        Tensor query = read(attention.query());
        Tensor key = read(attention.key());
        Tensor value = read(attention.value());
        int tokens = tokens();
        int queryHeads = heads(attention.query());
        int keyHeads = heads(attention.key());
        int width = width(attention.query());
        int valueWidth = width(attention.value());
        write(attention.output(), i -> {
            int row = i / valueWidth;
            int batch = row / (tokens * queryHeads);
            int keyHead = row % queryHeads / (queryHeads / keyHeads);
            double weighted = 0;
            double total = 0;
            for (int seen = 0; seen <= token(attention.output(), i); seen++) {
                int keyRow = (batch * tokens + seen) * keyHeads + keyHead;
                double weight = Math.exp(scores.scale() * dot(query, row * width, key, keyRow * width, width));
                weighted += weight * value.at(keyRow * valueWidth + i % valueWidth);
                total += weight;
            }
            return weighted / total;
        });
    }

    private void router(Operator.Router router) {
        requireExecuted(router, router.routing().groups().equals(Routing.Groups.ONE));
        Tensor input = read(router.input());
        Tensor weight = read(router.weight());
        int width = width(router.input());
        int topK = Math.toIntExact(router.routing().topK());
        double[] experts = new double[input.size() / width * topK];
        double[] weights = new double[experts.length];
        for (int token = 0; token < input.size() / width; token++) {
            int row = token * width;
            double[] logits = IntStream.range(
                            0, Math.toIntExact(router.routing().experts()))
                    .mapToDouble(e -> dot(input, row, weight, e * width, width) + orZero(router.bias(), e))
                    .toArray();
            double[] scores = scores(router.routing().scoring(), logits);
            IntToDoubleFunction preference = e -> scores[e] + orZero(router.correction(), e);
            List<Integer> best = IntStream.range(0, scores.length)
                    .boxed()
                    .sorted((left, right) ->
                            Double.compare(preference.applyAsDouble(right), preference.applyAsDouble(left)))
                    .limit(topK)
                    .toList();
            double divisor = switch (router.routing().weighting()) {
                case AS_SCORED -> 1;
                case NORMALIZED -> best.stream().mapToDouble(e -> scores[e]).sum();
            };
            for (int k = 0; k < topK; k++) {
                experts[token * topK + k] = best.get(k);
                weights[token * topK + k] = scores[best.get(k)] / divisor;
            }
        }
        write(router.experts(), i -> experts[i]);
        write(router.weights(), i -> weights[i]);
    }

    private static double[] scores(Routing.Scoring scoring, double[] logits) {
        double total = Arrays.stream(logits).map(Math::exp).sum();
        return Arrays.stream(logits)
                .map(logit -> switch (scoring) {
                    case SOFTMAX -> Math.exp(logit) / total;
                    case SIGMOID -> apply(ActivationFunction.SIGMOID, logit);
                })
                .toArray();
    }

    private void groupedLinear(Operator.GroupedLinear grouped) {
        Tensor input = read(grouped.input());
        Tensor experts = read(grouped.experts());
        Tensor weight = read(grouped.weight());
        int inputs = width(grouped.input());
        int outputs = width(grouped.output());
        write(grouped.output(), i -> {
            int column = Math.toIntExact((long) experts.at(i / outputs)) * outputs + i % outputs;
            return dot(input, i / outputs * inputs, weight, column * inputs, inputs) + orZero(grouped.bias(), column);
        });
    }

    private void combine(Operator.Combine combine) {
        Tensor input = read(combine.input());
        Tensor weights = read(combine.weights().orElseThrow());
        int topK = width(combine.experts());
        int width = width(combine.output());
        write(
                combine.output(),
                i -> IntStream.range(i / width * topK, (i / width + 1) * topK)
                        .mapToDouble(row -> weights.at(row) * input.at(row * width + i % width))
                        .sum());
    }

    private static double apply(ActivationFunction function, double x) {
        double sigmoid = 1 / (1 + Math.exp(-x));
        if (function == ActivationFunction.SIGMOID) {
            return sigmoid;
        }
        if (function == ActivationFunction.SILU) {
            return x * sigmoid;
        }
        throw new UnsupportedOperationException("not executed in this test: " + function);
    }

    private static double dot(Tensor left, int leftStart, Tensor right, int rightStart, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += left.at(leftStart + i) * right.at(rightStart + i);
        }
        return sum;
    }

    /// How long the last axis is.
    private static int width(Value value) {
        return Math.toIntExact(value.shape().trailing(1).fixedElements());
    }

    /// How many heads a value `[b, s, a, d]` has.
    private static int heads(Value value) {
        return Math.toIntExact(value.shape().trailing(2).leading(1).fixedElements());
    }

    /// The token that an element of a value `[b, s, ..]` belongs to.
    private int token(Value value, int position) {
        int elements =
                Math.toIntExact(value.shape().trailing(value.shape().rank() - 2).fixedElements());
        return position / elements % tokens();
    }

    private int tokens() {
        return Objects.requireNonNull(open.get(Axis.SEQUENCE));
    }

    private double orZero(Optional<Parameter> parameter, int position) {
        return parameter.map(found -> read(found).at(position)).orElse(0.0);
    }

    private Tensor read(Parameter parameter) {
        return Objects.requireNonNull(parameters.get(parameter.name()), parameter.name());
    }

    private Tensor read(Value value) {
        return Objects.requireNonNull(values.get(value.name()), value.name());
    }

    private void write(Value value, IntToDoubleFunction element) {
        values.put(value.name(), Tensor.of(value.shape(), open, element));
    }

    private static void requireExecuted(Operator operator, boolean executed) {
        if (!executed) {
            throw notExecuted(operator);
        }
    }

    private static UnsupportedOperationException notExecuted(Operator operator) {
        return new UnsupportedOperationException("not executed in this test: " + operator.name());
    }
}
