package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// Which axes the operators of a mixture of experts must share.
final class ExpertRules {
    private final Violations violations;

    ExpertRules(Violations violations) {
        this.violations = violations;
    }

    void router(Operator.Router router) {
        if (!violations.haveRank(1, router.input())) {
            return;
        }
        Shape input = router.input().shape();
        Shape experts = Shape.of(Axis.EXPERTS, router.routing().experts());
        violations.same("weight", router.weight(), experts.then(input.trailing(1)));
        violations.same("bias", router.bias(), experts);
        violations.same("correction", router.correction(), experts);
        Shape chosen =
                rows(router.input()).then(Shape.of(Axis.TOP_K, router.routing().topK()));
        violations.same("experts", router.experts(), chosen);
        violations.same("weights", router.weights(), chosen);
    }

    void dispatch(Operator.Dispatch dispatch) {
        if (!violations.haveRank(1, dispatch.input(), dispatch.experts())) {
            return;
        }
        violations.require(
                rows(dispatch.experts()).equals(rows(dispatch.input())),
                "experts " + dispatch.experts() + " and input " + dispatch.input() + " disagree");
        Shape copies = dispatch.experts().shape();
        violations.same(
                "output",
                dispatch.output(),
                copies.then(dispatch.input().shape().trailing(1)));
    }

    void groupedLinear(Operator.GroupedLinear grouped) {
        if (!violations.haveRank(1, grouped.input())) {
            return;
        }
        Shape weight = grouped.weight().shape();
        Shape input = grouped.input().shape();
        if (weight.rank() != 3
                || weight.dimensions().getFirst().axis() != Axis.EXPERTS
                || !weight.trailing(1).equals(input.trailing(1))) {
            violations.require(false, "it needs E x o x i for an input " + input + " but has " + weight);
            return;
        }
        violations.same("experts", grouped.experts(), rows(grouped.input()));
        Shape outputs = weight.leading(2).trailing(1);
        violations.same("output", grouped.output(), rows(grouped.input()).then(outputs));
        violations.same("bias", grouped.bias(), weight.leading(2));
    }

    void combine(Operator.Combine combine) {
        if (!violations.haveRank(2, combine.input())) {
            return;
        }
        Shape input = combine.input().shape();
        violations.same("experts", combine.experts(), rows(combine.input()));
        combine.weights().ifPresent(weights -> violations.same("weights", weights, rows(combine.input())));
        violations.same(
                "output", combine.output(), input.leading(input.rank() - 2).then(input.trailing(1)));
    }

    /// All axes but the last.
    private static Shape rows(Value value) {
        return value.shape().leading(value.shape().rank() - 1);
    }
}
