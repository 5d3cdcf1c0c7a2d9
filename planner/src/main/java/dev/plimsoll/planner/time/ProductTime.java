package dev.plimsoll.planner.time;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
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
    private final MatrixShapes shapes;
    private final double load;
    private final Conditions conditions;
    private final Pace pace;

    /// Outputs of all linear maps of one input, by its name.
    private final Map<String, Double> fused = new HashMap<>();

    ProductTime(BlockRun run, DeviceSizes sizes, double load, Conditions conditions) {
        this.sizes = sizes;
        shapes = run.shapes();
        this.load = load;
        this.conditions = conditions;
        pace = conditions.pace();
        for (Operator operator : run.block().operators()) {
            if (operator instanceof Operator.Linear linear) {
                fused.merge(linear.input().name(), sizes.width(shapes.outputs(linear)), Double::sum);
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
        boolean split = sizes.isSplit(shapes.inputs(linear)) || sizes.isSplit(shapes.outputs(linear));
        return (split ? sizes.tokens() : sizes.sharedTokens()) * sizes.width(shapes.apart(linear));
    }

    double flops(Operator.Linear linear) {
        return 2 * rows(linear) * sizes.width(shapes.outputs(linear)) * sizes.width(shapes.inputs(linear));
    }

    double flops(Operator.GroupedLinear grouped) {
        double here = sizes.expertsHere(shapes.of(grouped.weight()).size(Axis.EXPERTS));
        double chosen = (double) grouped.input().shape().size(Axis.TOP_K);
        return 2 * sizes.expertRows() * chosen * sizes.width(shapes.of(grouped.weight())) / here;
    }

    double linear(Operator.Linear linear, Product product) {
        double rows = rows(linear);
        double outputs = fused.getOrDefault(linear.input().name(), 0.0);
        double part = sizes.width(shapes.outputs(linear)) / outputs;
        double inputs = sizes.width(shapes.inputs(linear));
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
        double experts = sizes.expertsHere(shapes.of(grouped.weight()).size(Axis.EXPERTS));
        double inputs = sizes.width(input.trailing(1).then(expertAxis(grouped))) / sizes.width(expertAxis(grouped));
        double outputs = sizes.width(shapes.of(grouped.weight())) / experts / inputs;
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

    private Shape expertAxis(Operator.GroupedLinear grouped) {
        return Shape.of(Axis.EXPERTS, shapes.of(grouped.weight()).size(Axis.EXPERTS));
    }

    double router(Operator.Router router) {
        return pace.product(
                sizes.sharedTokens(),
                (double) router.routing().experts(),
                sizes.width(router.input().shape()),
                conditions.elementBytes());
    }
}
