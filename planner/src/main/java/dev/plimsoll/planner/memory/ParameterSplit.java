package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.Trainable;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.MatrixScheme;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.framework.ActivationRules.EightBitInputs;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import dev.plimsoll.planner.training.Tuning;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What one device holds of a block's parameters.
///
/// Axes are divided one by one ([AxisSplit]); a parameter without a split axis (a normalisation, a router, a low-rank
/// projection to a latent) is whole on every rank. Experts' matrices are dealt out by expert, their width divided by the
/// expert tensor degree.
final class ParameterSplit {
    /// Eight-bit weights are kept in both orders beside the wider ones. Source: NVIDIA/TransformerEngine, the weight
    /// workspaces of its `Linear`.
    private static final int FP8_COPIES = 2;

    private final List<Parameter> parameters;
    private final Set<String> ofExperts = new HashSet<>();
    private final TrainingMethod method;

    /// @param held parameters of the whole model that the stage holds already
    ParameterSplit(Block block, TrainingMethod method, Set<String> held) {
        this.method = method;
        this.parameters = block.parameters().stream()
                .filter(parameter -> !held.contains(parameter.name()))
                .toList();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.GroupedLinear) {
                operator.parameters().forEach(parameter -> ofExperts.add(parameter.name()));
            }
        }
    }

    HeldParameters dense(LayerSplit split) {
        HeldParameters sum = HeldParameters.NONE;
        for (Parameter parameter : parameters) {
            if (!ofExperts.contains(parameter.name())) {
                sum = sum.plus(held(parameter, split));
            }
        }
        return sum;
    }

    HeldParameters experts(LayerSplit split) {
        HeldParameters sum = HeldParameters.NONE;
        for (Parameter parameter : parameters) {
            if (ofExperts.contains(parameter.name())) {
                sum = sum.plus(held(parameter, split));
            }
        }
        return sum;
    }

    private HeldParameters held(Parameter parameter, LayerSplit split) {
        boolean expert = ofExperts.contains(parameter.name());
        List<Shape> groups = parameter.groups();
        long stacked = expert ? size(groups.getFirst(), split, true) : 1;
        int first = expert ? 1 : 0;
        long columns = groups.size() > first ? size(groups.getLast(), split, expert) : 1;
        long rows = 1;
        for (Shape group : groups.subList(first, Math.max(first, groups.size() - 1))) {
            rows = Math.multiplyExact(rows, size(group, split, expert));
        }
        return bytes(parameter, stacked, rows, columns);
    }

    private HeldParameters bytes(Parameter parameter, long stacked, long rows, long columns) {
        long elements = Math.multiplyExact(stacked, Math.multiplyExact(rows, columns));
        if (!Trainable.is(parameter, method.tuning().trained())) {
            return new HeldParameters(elements, 0, frozen(parameter, stacked, rows, columns), 0, 0, 0);
        }
        DataType weights = method.precision().weights();
        long gradients = method.precision().gradients().bytes(elements).count()
                + method.precision()
                        .gradientCopy()
                        .map(type -> type.bytes(elements).count())
                        .orElse(0L);
        return new HeldParameters(
                elements,
                elements,
                weights.bytes(elements).count() + eightBit(parameter, elements),
                gradients,
                method.precision()
                        .masterWeights()
                        .map(type -> type.bytes(elements).count())
                        .orElse(0L),
                OptimizerBytes.of(
                        method.optimizer(),
                        parameter,
                        stacked,
                        rows,
                        columns,
                        method.precision().optimizerStates()));
    }

    private long frozen(Parameter parameter, long stacked, long rows, long columns) {
        long elements = Math.multiplyExact(stacked, Math.multiplyExact(rows, columns));
        DataType plain = method.precision().activations();
        if (!(method.tuning() instanceof Tuning.Adapters adapters)) {
            return method.precision().weights().bytes(elements).count();
        }
        return switch (adapters.frozen().rule()) {
            case WeightFormat.Rule.Plain(DataType type) -> type.bytes(elements).count();
            case WeightFormat.Rule.Converted converted -> {
                boolean layer = parameter.kind() == Parameter.Kind.MATRIX
                        && rows > 1
                        && !parameter.shape().has(Axis.VOCABULARY);
                yield layer
                        ? packed(converted.scheme(), stacked, rows, columns)
                        : plain.bytes(elements).count();
            }
            case WeightFormat.Rule.Gguf gguf -> plain.bytes(elements).count();
        };
    }

    private static long packed(MatrixScheme scheme, long stacked, long rows, long columns) {
        QuickTally tally = new QuickTally();
        scheme.count("frozen weights", stacked, rows, columns, tally);
        return tally.exact("the frozen weights");
    }

    private long eightBit(Parameter parameter, long elements) {
        boolean converted = method.arithmetic() == MatrixArithmetic.FP8
                && method.framework().activations().eightBitInputs() == EightBitInputs.NARROW
                && parameter.kind() == Parameter.Kind.MATRIX
                && !parameter.shape().has(Axis.VOCABULARY);
        return converted ? FP8_COPIES * elements : 0;
    }

    private long size(Shape group, LayerSplit split, boolean expert) {
        long size = 1;
        for (Dimension dimension : group.dimensions()) {
            size = Math.multiplyExact(
                    size,
                    switch (dimension) {
                        case Dimension.Open open ->
                            throw new IllegalStateException("a parameter has no " + open.axis());
                        case Dimension.Fixed(Axis axis, long whole) -> local(axis, whole, split, expert);
                    });
        }
        return size;
    }

    private long local(Axis axis, long whole, LayerSplit split, boolean expert) {
        if (axis == Axis.VOCABULARY) {
            return method.framework().paddedVocabulary(whole, split.tensor()) / split.tensor();
        }
        if (expert && axis == Axis.EXPERTS) {
            return AxisSplit.local(whole, split.expert());
        }
        if (!AxisSplit.isSplit(axis)) {
            return whole;
        }
        return AxisSplit.local(whole, expert ? split.expertTensor() : split.tensor());
    }
}
