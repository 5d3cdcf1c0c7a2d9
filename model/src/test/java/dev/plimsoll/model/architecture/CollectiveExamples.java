package dev.plimsoll.model.architecture;

import static dev.plimsoll.model.architecture.OperatorExample.HIDDEN;
import static dev.plimsoll.model.architecture.OperatorExample.INNER;
import static dev.plimsoll.model.architecture.OperatorExample.TOKENS;
import static dev.plimsoll.model.architecture.OperatorExample.tokens;
import static dev.plimsoll.model.architecture.OperatorExample.value;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;

/// Examples of what devices do together.
final class CollectiveExamples {
    private static final DeviceGroup TENSOR = DeviceGroup.TENSOR;
    private static final Value X = tokens("x", HIDDEN);
    private static final Value Y = tokens("y", HIDDEN);
    private static final Value WIDE = tokens("wide", INNER);
    private static final Shape HALF_TOKENS =
            Shape.open(Axis.BATCH).then(new Shape(List.of(new Dimension.Open(Axis.SEQUENCE, 2))));
    private static final Value HALF = value("half", HALF_TOKENS.then(HIDDEN));
    private static final Shape CHOICE = TOKENS.then(Shape.of(Axis.TOP_K, 2));
    private static final Value EXPERTS = Value.index("experts", CHOICE);
    private static final Value COPIES = value("copies", CHOICE.then(HIDDEN));
    private static final Shape ROWS = Shape.open(Axis.RECEIVED);
    private static final Value RECEIVED = value("received", ROWS.then(HIDDEN));
    private static final Value NUMBERS = Value.index("numbers", ROWS);

    private CollectiveExamples() {}

    static List<OperatorExample> all() {
        return List.of(
                copy(), sum(), gather(), scatter(), exchange(), send(), back(), ring(), vocabularyCrossEntropy());
    }

    private static OperatorExample copy() {
        return new OperatorExample(new Collective.Copy("copy", Role.FEED_FORWARD, TENSOR, X, Y))
                .but(
                        new Collective.Copy("copy", Role.FEED_FORWARD, TENSOR, X, WIDE),
                        "output wide is [b, s, f20] but must be [b, s, h12]");
    }

    private static OperatorExample sum() {
        return new OperatorExample(new Collective.AllReduce("sum", Role.FEED_FORWARD, TENSOR, X, Y))
                .but(
                        new Collective.AllReduce("sum", Role.FEED_FORWARD, TENSOR, X, HALF),
                        "output half is [b, s/2, h12] but must be [b, s, h12]");
    }

    private static OperatorExample gather() {
        return new OperatorExample(gather(HALF, X))
                .but(gather(HALF, WIDE), "half[b, s/2, h12] cannot become wide[b, s, f20] along [SEQUENCE]");
    }

    private static Operator gather(Value input, Value output) {
        return new Collective.AllGather("gather", Role.FEED_FORWARD, TENSOR, Axis.SEQUENCE, input, output);
    }

    private static OperatorExample scatter() {
        return new OperatorExample(scatter(X, HALF))
                .but(scatter(WIDE, HALF), "wide[b, s, f20] cannot become half[b, s/2, h12] along [SEQUENCE]");
    }

    private static Operator scatter(Value input, Value output) {
        return new Collective.ReduceScatter("scatter", Role.FEED_FORWARD, TENSOR, Axis.SEQUENCE, input, output);
    }

    private static OperatorExample exchange() {
        Value all = value("all", TOKENS.then(Shape.of(Axis.QUERY_HEADS, 2, Axis.HEAD_SIZE, 6)));
        Value part = value("part", HALF_TOKENS.then(Shape.of(Axis.QUERY_HEADS, 4, Axis.HEAD_SIZE, 6)));
        return new OperatorExample(exchange(part, all))
                .but(exchange(part, X), "part[b, s/2, a4, d6] cannot become x[b, s, h12]");
    }

    private static Operator exchange(Value input, Value output) {
        return new Collective.AllToAll(
                "exchange", Role.CORE_ATTENTION, DeviceGroup.CONTEXT, Axis.QUERY_HEADS, Axis.SEQUENCE, input, output);
    }

    private static OperatorExample send() {
        return new OperatorExample(send(EXPERTS, RECEIVED, NUMBERS))
                .but(
                        send(Value.index("experts", TOKENS), RECEIVED, NUMBERS),
                        "experts is [b, s] but must be [b, s, e2]")
                .but(send(EXPERTS, value("received", ROWS.then(INNER)), NUMBERS), "but must be [x, h12]")
                .but(send(EXPERTS, RECEIVED, EXPERTS), "numbers experts is [b, s, e2] but must be [x]");
    }

    private static Operator send(Value experts, Value output, Value numbers) {
        return new Collective.SendToExperts(
                "send", Role.EXPERT, DeviceGroup.EXPERT, COPIES, experts, 4, output, numbers);
    }

    private static OperatorExample back() {
        return new OperatorExample(back(COPIES)).but(back(X), "output x is [b, s, h12] but must be [b, s, e2, h12]");
    }

    private static Operator back(Value output) {
        return new Collective.ReturnFromExperts(
                "return", Role.EXPERT, DeviceGroup.EXPERT, RECEIVED, EXPERTS, 4, output);
    }

    private static OperatorExample ring() {
        Value heads = value("heads", HALF_TOKENS.then(Shape.of(Axis.QUERY_HEADS, 2, Axis.HEAD_SIZE, 6)));
        Value keys = value("keys", HALF_TOKENS.then(Shape.of(Axis.KEY_VALUE_HEADS, 1, Axis.HEAD_SIZE, 6)));
        Value output = value("output", heads.shape());
        return new OperatorExample(ring(heads, keys, output))
                .but(ring(heads, keys, HALF), "output half is [b, s/2, h12] but must be [b, s/2, a2, d6]");
    }

    private static Operator ring(Value query, Value keys, Value output) {
        Operator.Attention core = new Operator.Attention(
                "core",
                Role.CORE_ATTENTION,
                query,
                keys,
                keys,
                Optional.empty(),
                new AttentionMask.Causal(),
                AttentionScores.scaled(1),
                List.of(),
                output);
        return new Collective.RingAttention(DeviceGroup.CONTEXT, core);
    }

    private static OperatorExample vocabularyCrossEntropy() {
        Value logits = tokens("logits", Shape.of(Axis.VOCABULARY, 15));
        Value targets = Value.index("targets", TOKENS);
        Value loss = value("loss", OperatorExample.SCALAR);
        return new OperatorExample(loss(logits, targets, loss))
                .but(loss(logits, logits, loss), "targets logits is [b, s, V15] but must be [b, s]")
                .but(loss(logits, targets, Y), "output y is [b, s, h12] but must be []");
    }

    private static Operator loss(Value logits, Value targets, Value output) {
        return new Collective.VocabularyCrossEntropy("loss", Role.HEAD, TENSOR, logits, targets, 15, output);
    }
}
