package dev.plimsoll.model.architecture;

import static dev.plimsoll.model.architecture.OperatorExample.HIDDEN;
import static dev.plimsoll.model.architecture.OperatorExample.INNER;
import static dev.plimsoll.model.architecture.OperatorExample.SCALAR;
import static dev.plimsoll.model.architecture.OperatorExample.parameter;
import static dev.plimsoll.model.architecture.OperatorExample.tokens;
import static dev.plimsoll.model.architecture.OperatorExample.value;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;

/// Examples of the operators of a mixture of experts.
final class ExpertExamples {
    private static final Shape NUMBER = Shape.of(Axis.EXPERTS, 8);
    private static final Shape CHOSEN = Shape.of(Axis.TOP_K, 3);
    private static final Shape FEWER = Shape.of(Axis.TOP_K, 2);
    private static final Value X = tokens("x", HIDDEN);
    private static final Value EXPERTS = tokens("experts", CHOSEN);
    private static final Value WEIGHTS = tokens("weights", CHOSEN);
    private static final Value COPIES = tokens("copies", CHOSEN.then(HIDDEN));
    private static final Value INNER_ROWS = tokens("inner", CHOSEN.then(INNER));

    private ExpertExamples() {}

    static List<OperatorExample> all() {
        return List.of(router(), dispatch(), groupedLinear(), combine());
    }

    private static OperatorExample router() {
        Parameter weight = parameter("weight", NUMBER, HIDDEN);
        Parameter perExpert = parameter("perExpert", NUMBER);
        Parameter wrong = parameter("wrong", HIDDEN);
        return new OperatorExample(router(X, weight, perExpert, perExpert, EXPERTS, WEIGHTS))
                .but(
                        router(X, parameter("weight", NUMBER, INNER), perExpert, perExpert, EXPERTS, WEIGHTS),
                        "weight is [E8, f20] but must be [E8, h12]")
                .but(router(X, weight, wrong, perExpert, EXPERTS, WEIGHTS), "bias is [h12] but must be [E8]")
                .but(router(X, weight, perExpert, wrong, EXPERTS, WEIGHTS), "correction is [h12] but must be [E8]")
                .but(
                        router(X, weight, perExpert, perExpert, tokens("experts", FEWER), WEIGHTS),
                        "experts experts is [b, s, e2] but must be [b, s, e3]")
                .but(
                        router(X, weight, perExpert, perExpert, EXPERTS, tokens("weights", FEWER)),
                        "weights weights is [b, s, e2] but must be [b, s, e3]")
                .but(
                        router(value("x", SCALAR), weight, perExpert, perExpert, EXPERTS, WEIGHTS),
                        "x[] needs 1 axes or more");
    }

    private static Operator router(
            Value input, Parameter weight, Parameter bias, Parameter correction, Value experts, Value weights) {
        Routing routing = new Routing(8, 3, Routing.Scoring.SIGMOID, Routing.Weighting.NORMALIZED);
        return new Operator.Router(
                "router",
                Role.ROUTER,
                input,
                weight,
                Optional.of(bias),
                Optional.of(correction),
                routing,
                experts,
                weights);
    }

    private static OperatorExample dispatch() {
        return new OperatorExample(dispatch(X, EXPERTS, COPIES))
                .but(dispatch(X, EXPERTS, X), "output x is [b, s, h12] but must be [b, s, e3, h12]")
                .but(
                        dispatch(X, value("experts", CHOSEN), value("copies", CHOSEN.then(HIDDEN))),
                        "experts experts[e3] and input x[b, s, h12] disagree")
                .but(dispatch(value("x", SCALAR), EXPERTS, COPIES), "x[] needs 1 axes or more");
    }

    private static Operator dispatch(Value input, Value experts, Value output) {
        return new Operator.Dispatch("dispatch", Role.EXPERT, input, experts, output);
    }

    private static OperatorExample groupedLinear() {
        Parameter weight = parameter("weight", NUMBER, INNER, HIDDEN);
        Parameter bias = parameter("bias", NUMBER, INNER);
        return new OperatorExample(grouped(COPIES, EXPERTS, weight, bias, INNER_ROWS))
                .but(
                        grouped(COPIES, EXPERTS, parameter("weight", NUMBER, HIDDEN, INNER), bias, INNER_ROWS),
                        "it needs E x o x i for an input [b, s, e3, h12] but has [E8, h12, f20]")
                .but(
                        grouped(COPIES, EXPERTS, parameter("weight", INNER, HIDDEN), bias, INNER_ROWS),
                        "it needs E x o x i")
                .but(
                        grouped(COPIES, EXPERTS, parameter("weight", INNER, NUMBER, HIDDEN), bias, INNER_ROWS),
                        "it needs E x o x i")
                .but(
                        grouped(COPIES, tokens("experts", FEWER), weight, bias, INNER_ROWS),
                        "experts experts is [b, s, e2] but must be [b, s, e3]")
                .but(
                        grouped(COPIES, EXPERTS, weight, bias, COPIES),
                        "output copies is [b, s, e3, h12] but must be [b, s, e3, f20]")
                .but(
                        grouped(COPIES, EXPERTS, weight, parameter("bias", INNER), INNER_ROWS),
                        "bias is [f20] but must be [E8, f20]")
                .but(grouped(value("x", SCALAR), EXPERTS, weight, bias, INNER_ROWS), "x[] needs 1 axes or more");
    }

    private static Operator grouped(Value input, Value experts, Parameter weight, Parameter bias, Value output) {
        return new Operator.GroupedLinear("grouped", Role.EXPERT, input, experts, weight, Optional.of(bias), output);
    }

    private static OperatorExample combine() {
        return new OperatorExample(combine(COPIES, EXPERTS, WEIGHTS, X))
                .but(
                        combine(COPIES, EXPERTS, tokens("weights", FEWER), X),
                        "weights weights is [b, s, e2] but must be [b, s, e3]")
                .but(
                        combine(COPIES, tokens("experts", FEWER), WEIGHTS, X),
                        "experts experts is [b, s, e2] but must be [b, s, e3]")
                .but(
                        combine(COPIES, EXPERTS, WEIGHTS, COPIES),
                        "output copies is [b, s, e3, h12] but must be [b, s, h12]")
                .but(combine(value("x", HIDDEN), EXPERTS, WEIGHTS, X), "x[h12] needs 2 axes or more");
    }

    private static Operator combine(Value input, Value experts, Value weights, Value output) {
        return new Operator.Combine("combine", Role.EXPERT, input, experts, Optional.of(weights), output);
    }
}
