package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.HashMap;
import java.util.Map;

/// Seconds of a linear map's matrix products on one device.
///
/// Maps that read one input are run as one product, of which each takes its part. Of experts each device multiplies the
/// rows that its own were sent, when routing is balanced times the load of the busiest.
final class ProductTime {
    private final DeviceSizes sizes;
    private final double load;
    private final Conditions conditions;
    private final Pace pace;

    /// Outputs of all linear maps of one input.
    private final Map<Value, Double> fused = new HashMap<>();

    ProductTime(Block block, DeviceSizes sizes, double load, Conditions conditions) {
        this.sizes = sizes;
        this.load = load;
        this.conditions = conditions;
        pace = conditions.pace();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear) {
                fused.merge(linear.input(), sizes.width(linear.outputs()), Double::sum);
            }
        }
    }

    /// The three products of a linear map.
    enum Product {
        FORWARD,
        INPUT_GRADIENT,
        WEIGHT_GRADIENT
    }

    private double rows(Operator.Linear linear) {
        boolean split = sizes.isSplit(linear.inputs()) || sizes.isSplit(linear.outputs());
        Shape input = linear.input().shape();
        Shape apart = input.leading(input.rank() - linear.inputs().rank());
        return (split ? sizes.tokens() : sizes.sharedTokens()) * sizes.width(apart);
    }

    double flops(Operator.Linear linear) {
        return 2 * rows(linear) * sizes.width(linear.outputs()) * sizes.width(linear.inputs());
    }

    double flops(Operator.GroupedLinear grouped) {
        double here = sizes.expertsHere(grouped.weight().shape().size(Axis.EXPERTS));
        double chosen = (double) grouped.input().shape().size(Axis.TOP_K);
        return 2 * sizes.expertRows() * chosen * sizes.width(grouped.weight().shape()) / here;
    }

    double linear(Operator.Linear linear, Product product) {
        double rows = rows(linear);
        double outputs = fused.getOrDefault(linear.input(), 0.0);
        double part = sizes.width(linear.outputs()) / outputs;
        double inputs = sizes.width(linear.inputs());
        boolean eightBit = conditions.arithmetic() == MatrixArithmetic.FP8
                && linear.role() != Role.HEAD
                && !LowRankAdaptation.isAdapter(linear.weight());
        return part
                * switch (product) {
                    case FORWARD -> product(eightBit, rows, outputs, inputs, 0, 0);
                    case INPUT_GRADIENT -> product(eightBit, rows, inputs, outputs, 0, 0);
                    case WEIGHT_GRADIENT ->
                        product(eightBit, outputs, inputs, rows, rows * (inputs + outputs), outputs * inputs);
                };
    }

    private double product(boolean eightBit, double m, double n, double k, double cast, double added) {
        return eightBit
                ? pace.eightBitProduct(m, n, k, conditions.elementBytes(), cast, added)
                : pace.product(m, n, k, conditions.elementBytes());
    }

    double grouped(Operator.GroupedLinear grouped, Product product) {
        Shape input = grouped.input().shape();
        double experts = sizes.expertsHere(grouped.weight().shape().size(Axis.EXPERTS));
        double inputs = sizes.width(input.trailing(1).then(expertAxis(grouped))) / sizes.width(expertAxis(grouped));
        double outputs = sizes.width(grouped.weight().shape()) / experts / inputs;
        double chosen = (double) input.size(Axis.TOP_K);
        double rows = Math.max(1, sizes.expertRows() * chosen * load / experts);
        return switch (product) {
            case FORWARD -> grouped(experts, rows, outputs, inputs);
            case INPUT_GRADIENT -> grouped(experts, rows, inputs, outputs);
            case WEIGHT_GRADIENT -> grouped(experts, outputs, inputs, rows);
        };
    }

    private double grouped(double experts, double m, double n, double k) {
        double bytes = conditions.elementBytes();
        return switch (conditions.arithmetic()) {
            case AS_HELD -> pace.groupedProduct(experts, m, n, k, bytes);
            case FP8 -> pace.eightBitGroupedProduct(experts, m, n, k, bytes);
        };
    }

    private static Shape expertAxis(Operator.GroupedLinear grouped) {
        return Shape.of(Axis.EXPERTS, grouped.weight().shape().size(Axis.EXPERTS));
    }

    double router(Operator.Router router) {
        return pace.product(
                sizes.sharedTokens(),
                (double) router.routing().experts(),
                sizes.width(router.input().shape()),
                conditions.elementBytes());
    }
}
