package dev.plimsoll.model.architecture;

import static dev.plimsoll.model.architecture.OperatorExample.HIDDEN;
import static dev.plimsoll.model.architecture.OperatorExample.INNER;
import static dev.plimsoll.model.architecture.OperatorExample.TOKENS;
import static dev.plimsoll.model.architecture.OperatorExample.parameter;
import static dev.plimsoll.model.architecture.OperatorExample.tokens;
import static dev.plimsoll.model.architecture.OperatorExample.value;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Examples of the operators that look from token to token.
final class TokenMixingExamples {
    private static final Shape SIZE = Shape.of(Axis.HEAD_SIZE, 6);
    private static final Shape HEADS = Shape.of(Axis.QUERY_HEADS, 4);
    private static final Shape KEY_HEADS = Shape.of(Axis.KEY_VALUE_HEADS, 2);
    private static final Value X = tokens("x", HIDDEN);

    private TokenMixingExamples() {}

    static List<OperatorExample> all() {
        return List.of(
                attention(),
                sparseAttention(),
                tokenSelection(),
                causalConvolution(),
                denseConvolution(),
                channelScan(),
                headScan(),
                deltaRule(),
                takingOne(),
                averaging(),
                merging());
    }

    private static OperatorExample attention() {
        Value query = tokens("query", HEADS.then(SIZE));
        Value key = tokens("key", KEY_HEADS.then(SIZE));
        Shape valueSize = Shape.of(Axis.VALUE_SIZE, 5);
        Value value = tokens("value", KEY_HEADS.then(valueSize));
        Value output = tokens("output", HEADS.then(valueSize));
        Shape three = Shape.of(Axis.KEY_VALUE_HEADS, 3);
        Shape sources = Shape.open(Axis.BATCH, Axis.SOURCE);
        return new OperatorExample(attention(query, key, value, HEADS, output))
                .but(
                        attention(X, key, value, HEADS, output),
                        "it needs [b, s, a, d], [b, t, k, d] and [b, t, k, w] but reads [b, s, h12]")
                .but(
                        attention(query, tokens("key", KEY_HEADS.then(valueSize)), value, HEADS, output),
                        "query [b, s, a4, d6] and key [b, s, k2, w5] disagree")
                .but(
                        attention(
                                query,
                                value(
                                        "key",
                                        Shape.open(Axis.SEQUENCE, Axis.BATCH)
                                                .then(KEY_HEADS)
                                                .then(SIZE)),
                                value(
                                        "value",
                                        Shape.open(Axis.SEQUENCE, Axis.BATCH)
                                                .then(KEY_HEADS)
                                                .then(valueSize)),
                                HEADS,
                                output),
                        "query [b, s, a4, d6] and key [s, b, k2, d6] disagree")
                .but(
                        attention(query, value("key", sources.then(KEY_HEADS).then(SIZE)), value, HEADS, output),
                        "key [b, u, k2, d6] and value [b, s, k2, w5] disagree")
                .but(
                        attention(
                                query,
                                tokens("key", three.then(SIZE)),
                                tokens("value", three.then(valueSize)),
                                HEADS,
                                output),
                        "4 query heads cannot share 3 key/value heads evenly")
                .but(attention(query, key, value, KEY_HEADS, output), "sinks is [k2] but must be [a4]")
                .but(
                        attention(query, key, value, HEADS, query),
                        "output query is [b, s, a4, d6] but must be [b, s, a4, w5]");
    }

    private static Operator attention(Value query, Value key, Value value, Shape sinks, Value output) {
        AttentionScores scores = new AttentionScores(
                0.5,
                OptionalDouble.empty(),
                new AttentionScores.PositionBias.None(),
                Optional.of(parameter("sinks", sinks)));
        return new Operator.Attention(
                "attention",
                Role.CORE_ATTENTION,
                query,
                key,
                value,
                Optional.empty(),
                new AttentionMask.Causal(),
                scores,
                List.of(key, value),
                output);
    }

    private static OperatorExample sparseAttention() {
        Optional<Value> chosen = Optional.of(tokens("chosen", Shape.of(Axis.TOP_K, 3)));
        AttentionMask three = new AttentionMask.Selected(3);
        return new OperatorExample(sparse(three, chosen))
                .but(sparse(three, Optional.empty()), "it looks at selected tokens but reads none")
                .but(
                        sparse(new AttentionMask.Selected(2), chosen),
                        "selection chosen is [b, s, e3] but must be [b, s, e2]")
                .but(sparse(new AttentionMask.Causal(), chosen), "it reads a selection that it does not look at");
    }

    private static Operator sparse(AttentionMask mask, Optional<Value> selection) {
        Value head = tokens("head", HEADS.then(SIZE));
        return new Operator.Attention(
                "attention",
                Role.CORE_ATTENTION,
                head,
                head,
                head,
                selection,
                mask,
                AttentionScores.scaled(1),
                List.of(),
                head);
    }

    private static OperatorExample tokenSelection() {
        Shape heads = Shape.of(Axis.INDEX_HEADS, 3);
        Shape size = Shape.of(Axis.INDEX_SIZE, 9);
        Value query = tokens("query", heads.then(size));
        Value key = tokens("key", size);
        Value weights = tokens("weights", heads);
        Value output = tokens("output", Shape.of(Axis.TOP_K, 3));
        return new OperatorExample(selection(query, key, weights, output))
                .but(selection(X, key, weights, output), "query x[b, s, h12] must be [b, s, j, l]")
                .but(selection(query, X, weights, output), "key x is [b, s, h12] but must be [b, s, y9]")
                .but(selection(query, key, key, output), "weights key is [b, s, y9] but must be [b, s, j3]")
                .but(selection(query, key, weights, X), "output x[b, s, h12] must be [b, s, e]");
    }

    private static Operator selection(Value query, Value key, Value weights, Value output) {
        return new Operator.TokenSelection("selection", Role.INDEXER, query, key, weights, output);
    }

    private static OperatorExample causalConvolution() {
        ConvolutionKind kind = new ConvolutionKind.CausalByChannel(4);
        Parameter weight = parameter("weight", HIDDEN, Shape.of(Axis.KERNEL, 4));
        Parameter bias = parameter("bias", HIDDEN);
        return new OperatorExample(convolution(X, kind, weight, bias, X))
                .but(
                        convolution(X, kind, weight, bias, tokens("y", INNER)),
                        "output y is [b, s, f20] but must be [b, s, h12]")
                .but(
                        convolution(X, new ConvolutionKind.CausalByChannel(3), weight, bias, X),
                        "weight is [h12, c4] but must be [h12, c3]")
                .but(convolution(X, kind, weight, parameter("bias", INNER), X), "bias is [f20] but must be [h12]")
                .but(convolution(X, kind, weight, bias, value("y", TOKENS)), "y[b, s] needs 3 axes or more");
    }

    private static OperatorExample denseConvolution() {
        ConvolutionKind kind = new ConvolutionKind.Dense(3, 2);
        Shape bands = Shape.of(Axis.CHANNELS, 80);
        Value frames = value("frames", Shape.open(Axis.BATCH, Axis.FRAMES).then(bands));
        Parameter weight = parameter("weight", HIDDEN, bands, Shape.of(Axis.KERNEL, 3));
        Parameter bias = parameter("bias", HIDDEN);
        return new OperatorExample(convolution(frames, kind, weight, bias, X))
                .but(
                        convolution(frames, kind, parameter("weight", HIDDEN, Shape.of(Axis.KERNEL, 3)), bias, X),
                        "weight is [h12, c3] but must be [h12, q80, c3]")
                .but(convolution(frames, kind, weight, parameter("bias", bands), X), "bias is [q80] but must be [h12]")
                .but(
                        convolution(
                                frames,
                                kind,
                                weight,
                                bias,
                                value("y", Shape.open(Axis.SEQUENCE, Axis.BATCH).then(HIDDEN))),
                        "input [b, o, q80] and output [s, b, h12] disagree");
    }

    private static Operator convolution(
            Value input, ConvolutionKind kind, Parameter weight, Parameter bias, Value output) {
        return new Operator.Convolution("convolution", Role.RECURRENCE, input, kind, weight, Optional.of(bias), output);
    }

    private static OperatorExample channelScan() {
        Shape inner = Shape.of(Axis.INNER, 14);
        Shape states = Shape.of(Axis.STATE, 7);
        Value x = tokens("input", inner);
        Value b = tokens("b", states);
        Parameter decay = parameter("decay", inner, states);
        Shape state = inner.then(states);
        return new OperatorExample(scan(x, x, b, b, decay, state, x))
                .but(scan(x, x, b, b, decay, state, X), "output x is [b, s, h12] but must be [b, s, i14]")
                .but(
                        scan(x, X, b, b, parameter("decay", HIDDEN), state, x),
                        "input input[b, s, i14] and time step x[b, s, h12] disagree")
                .but(scan(x, x, b, X, decay, state, x), "C x is [b, s, h12] but must be [b, s, n7]")
                .but(
                        scan(
                                x,
                                x,
                                value("b", Shape.open(Axis.SEQUENCE, Axis.BATCH).then(states)),
                                value("c", Shape.open(Axis.SEQUENCE, Axis.BATCH).then(states)),
                                decay,
                                state,
                                x),
                        "input input[b, s, i14] and B b[s, b, n7] disagree")
                .but(scan(x, x, b, b, decay, inner, x), "its state is [i14] but must be [i14, n7]")
                .but(
                        scan(x, x, b, b, parameter("decay", states), state, x),
                        "decay [n7] does not fit the time step input[b, s, i14]")
                .but(scan(x, value("t", TOKENS), b, b, decay, state, x), "t[b, s] needs 3 axes or more");
    }

    private static OperatorExample headScan() {
        Shape states = Shape.of(Axis.GROUPS, 2, Axis.STATE, 7);
        Value x = tokens("input", HEADS.then(SIZE));
        Value b = tokens("b", states);
        Shape state = HEADS.then(SIZE).then(Shape.of(Axis.STATE, 7));
        Value timeStep = tokens("timeStep", HEADS);
        return new OperatorExample(scan(x, timeStep, b, b, parameter("decay", HEADS), state, x))
                .but(
                        scan(x, timeStep, b, b, parameter("decay", SIZE), state, x),
                        "decay [d6] does not fit the time step timeStep[b, s, a4]");
    }

    private static Operator scan(
            Value input, Value timeStep, Value b, Value c, Parameter decay, Shape state, Value output) {
        return new Operator.StateSpaceScan(
                "scan", Role.RECURRENCE, input, timeStep, b, c, List.of(decay), state, output);
    }

    private static OperatorExample deltaRule() {
        Shape keys = Shape.of(Axis.GROUPS, 2, Axis.STATE, 7);
        Value query = tokens("query", keys);
        Value value = tokens("value", HEADS.then(SIZE));
        Value perHead = tokens("perHead", HEADS);
        Value wrong = tokens("wrong", SIZE);
        Parameter steering = parameter("steering", HEADS);
        Shape state = HEADS.then(Shape.of(Axis.STATE, 7)).then(SIZE);
        Value three = tokens("query", Shape.of(Axis.GROUPS, 3, Axis.STATE, 7));
        return new OperatorExample(rule(query, query, value, perHead, perHead, steering, state, value))
                .but(
                        rule(query, query, value, perHead, perHead, steering, state, X),
                        "output x is [b, s, h12] but must be [b, s, a4, d6]")
                .but(
                        rule(query, X, value, perHead, perHead, steering, state, value),
                        "key x is [b, s, h12] but must be [b, s, g2, n7]")
                .but(
                        rule(query, query, value, wrong, perHead, steering, state, value),
                        "beta wrong is [b, s, d6] but must be [b, s, a4]")
                .but(
                        rule(query, query, value, perHead, wrong, steering, state, value),
                        "decay wrong is [b, s, d6] but must be [b, s, a4]")
                .but(
                        rule(query, query, value, perHead, perHead, parameter("steering", SIZE), state, value),
                        "steering is [d6] but must be [a4]")
                .but(
                        rule(query, query, value, perHead, perHead, steering, HEADS, value),
                        "its state is [a4] but must be [a4, n7, d6]")
                .but(
                        rule(three, three, value, perHead, perHead, steering, state, value),
                        "query query[b, s, g3, n7] and value value[b, s, a4, d6] disagree")
                .but(
                        rule(X, X, value, perHead, perHead, steering, state, value),
                        "it needs [b, s, g, n] and [b, s, a, d] but reads x[b, s, h12]");
    }

    private static Operator rule(
            Value query,
            Value key,
            Value value,
            Value beta,
            Value decay,
            Parameter steering,
            Shape state,
            Value output) {
        return new Operator.DeltaRule(
                "rule", Role.RECURRENCE, query, key, value, beta, decay, List.of(steering), state, output);
    }

    private static OperatorExample takingOne() {
        Value one = value("one", Shape.open(Axis.BATCH).then(HIDDEN));
        return new OperatorExample(pooling(new Pooling.One(), one))
                .but(pooling(new Pooling.One(), X), "output x is [b, s, h12] but must be [b, h12]")
                .but(pooling(new Pooling.One(), value("one", HIDDEN)), "one[h12] needs 2 axes or more");
    }

    private static OperatorExample averaging() {
        Shape merged = Shape.open(Axis.BATCH, Axis.MERGED_PATCHES);
        return new OperatorExample(pooling(new Pooling.Average(4), value("y", merged.then(HIDDEN))))
                .but(
                        pooling(new Pooling.Average(4), value("y", merged.then(INNER))),
                        "[b, s, h12] cannot be averaged to [b, m, f20]");
    }

    private static OperatorExample merging() {
        Shape merged = Shape.open(Axis.BATCH, Axis.MERGED_PATCHES);
        Value wide = value("y", merged.then(Shape.of(Axis.HIDDEN, 48)));
        return new OperatorExample(pooling(new Pooling.Merge(4), wide))
                .but(pooling(new Pooling.Merge(3), wide), "3 tokens of [b, s, h12] cannot be merged to [b, m, h48]")
                .but(pooling(new Pooling.Merge(5), wide), "5 tokens of [b, s, h12] cannot be merged to [b, m, h48]");
    }

    private static Operator pooling(Pooling pooling, Value output) {
        return new Operator.TokenPooling("pooling", Role.POOLER, X, pooling, output);
    }
}
