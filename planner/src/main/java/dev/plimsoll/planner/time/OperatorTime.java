package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.VisiblePairs;
import dev.plimsoll.planner.framework.ActivationRules;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Seconds of one operator on one device, forward and for its gradients.
///
/// A linear map has one product forward and one for each gradient; an attention core in tiles two forward and five back
/// (Dao 2023, section 3.1), over the pairs that are seen. What only moves bytes reads what it reads and writes what it
/// writes; its gradient reads the output's gradient and, where the operator is not linear, the inputs, and writes the
/// inputs' gradients.
final class OperatorTime {
    /// Products of an attention core on the way back for each on the way forward.
    static final double ATTENTION_BACKWARD = 2.5;

    /// Scores and probabilities that a core without tiles moves: scores written, softmax, dropout with its mask of one
    /// byte, and probabilities read.
    private static final double SCORE_TRAVERSALS = 6.5;

    /// An RMS norm that is not fused: cast to f32 (2 + 4 bytes an element), square (4 + 4), mean (4), scale (4 + 4), cast back
    /// (4 + 2), gain (2 + 2); 36 bytes for 4, of which the passes of element-wise operators count half as much again.
    /// Source: the operations of PyTorch's composite `rms_norm`.
    private static final double WIDENED_NORM = 6;

    /// A rotation in f32: cast (2 + 4), multiply (4 + 4), cast back (4 + 2); 20 bytes for 4, likewise. Source:
    /// pytorch/torchtitan, `apply_rotary_emb`.
    private static final double WIDENED_ROTATION = 3.3;

    private final DeviceSizes sizes;
    private final double load;
    private final Conditions conditions;
    private final Pace pace;

    /// Outputs of all linear maps of one input, which frameworks run as one product.
    private final Map<Value, Double> fused = new HashMap<>();

    OperatorTime(Block block, DeviceSizes sizes, double load, Conditions conditions) {
        this.sizes = sizes;
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear) {
                fused.merge(linear.input(), sizes.width(linear.outputs()), Double::sum);
            }
        }
        this.load = load;
        this.conditions = conditions;
        this.pace = conditions.pace();
    }

    /// Which way a core is run.
    enum Direction {
        FORTH,
        BACK
    }

    /// Seconds by kind.
    ///
    /// @param flops of products and cores, a core's second look at its scores not counted
    record Work(double products, double attention, double elementWise, double flops) {
        static final Work NONE = new Work(0, 0, 0, 0);

        Work plus(Work other) {
            return new Work(
                    products + other.products,
                    attention + other.attention,
                    elementWise + other.elementWise,
                    flops + other.flops);
        }
    }

    Work forward(Operator operator) {
        return switch (operator) {
            case Operator.Linear linear -> products(linear(linear, Product.FORWARD), flops(linear));
            case Operator.GroupedLinear grouped -> products(grouped(grouped, Product.FORWARD), flops(grouped));
            case Operator.Router router -> products(router(router), 0);
            case Operator.Attention attention ->
                new Work(0, attention(attention, Direction.FORTH), 0, flops(attention));
            case Operator.CrossEntropy loss -> elementWise(logits(loss) / 3);
            case Operator.Embedding _,
                    Operator.Normalization _,
                    Operator.RotaryEmbedding _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Dispatch _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.Dropout _ -> moved((bytes(operator.reads()) + bytes(operator.writes())) * eager(operator));
        };
    }

    Work backward(BackwardStep.Gradient step) {
        boolean input = !step.inputs().isEmpty();
        return switch (step.operator()) {
            case Operator.Linear linear ->
                products(
                        (input ? linear(linear, Product.INPUT_GRADIENT) : 0) + weightGradients(step),
                        gradients(step, linear.weight()) * flops(linear));
            case Operator.GroupedLinear grouped ->
                products(
                        (input ? grouped(grouped, Product.INPUT_GRADIENT) : 0) + weightGradients(step),
                        gradients(step, grouped.weight()) * flops(grouped));
            case Operator.Router router -> products(2 * router(router), 0);
            case Operator.Attention attention ->
                new Work(0, attention(attention, Direction.BACK), 0, 2 * flops(attention));
            case Operator.CrossEntropy loss -> elementWise(logits(loss) * 2 / 3);
            case Operator.Add _,
                    Operator.Scale _,
                    Operator.Concatenate _,
                    Operator.RotaryEmbedding _,
                    Operator.Dropout _,
                    Operator.Embedding _,
                    Operator.Dispatch _ ->
                moved((bytes(step.operator().writes()) + bytes(step.operator().reads())) * eager(step.operator()));
            case Operator.Normalization _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.TokenPooling _ ->
                moved(bytes(step.operator().writes())
                        + 2 * bytes(step.operator().reads()));
        };
    }

    /// The part of a gradient's time that the weights' gradient takes.
    double weightGradients(BackwardStep.Gradient step) {
        return switch (step.operator()) {
            case Operator.Linear linear -> trains(step, linear.weight()) ? linear(linear, Product.WEIGHT_GRADIENT) : 0;
            case Operator.GroupedLinear grouped ->
                trains(step, grouped.weight()) ? grouped(grouped, Product.WEIGHT_GRADIENT) : 0;
            case Operator.Embedding _,
                    Operator.Normalization _,
                    Operator.RotaryEmbedding _,
                    Operator.Attention _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Router _,
                    Operator.Dispatch _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.Dropout _,
                    Operator.CrossEntropy _ -> 0;
        };
    }

    private static double gradients(BackwardStep.Gradient step, Parameter weight) {
        return (step.inputs().isEmpty() ? 0 : 1) + (trains(step, weight) ? 1 : 0);
    }

    private static boolean trains(BackwardStep.Gradient step, Parameter weight) {
        return step.parameters().contains(weight);
    }

    /// The three products of a linear map.
    private enum Product {
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

    private double flops(Operator.Linear linear) {
        return 2 * rows(linear) * sizes.width(linear.outputs()) * sizes.width(linear.inputs());
    }

    private double flops(Operator.GroupedLinear grouped) {
        double here = sizes.expertsHere(grouped.weight().shape().size(Axis.EXPERTS));
        double chosen = (double) grouped.input().shape().size(Axis.TOP_K);
        return 2 * sizes.expertRows() * chosen * sizes.width(grouped.weight().shape()) / here;
    }

    private double linear(Operator.Linear linear, Product product) {
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

    private double grouped(Operator.GroupedLinear grouped, Product product) {
        Shape input = grouped.input().shape();
        double experts = sizes.expertsHere(grouped.weight().shape().size(Axis.EXPERTS));
        double inputs = sizes.width(input.trailing(1).then(expertAxis(grouped))) / sizes.width(expertAxis(grouped));
        double outputs = sizes.width(grouped.weight().shape()) / experts / inputs;
        double chosen = (double) input.size(Axis.TOP_K);
        double rows = Math.max(1, sizes.expertRows() * chosen * load / experts);
        double bytes = conditions.elementBytes();
        return switch (product) {
            case FORWARD -> pace.groupedProduct(experts, rows, outputs, inputs, bytes);
            case INPUT_GRADIENT -> pace.groupedProduct(experts, rows, inputs, outputs, bytes);
            case WEIGHT_GRADIENT -> pace.groupedProduct(experts, outputs, inputs, rows, bytes);
        };
    }

    private static Shape expertAxis(Operator.GroupedLinear grouped) {
        return Shape.of(Axis.EXPERTS, grouped.weight().shape().size(Axis.EXPERTS));
    }

    private double router(Operator.Router router) {
        return pace.product(
                sizes.sharedTokens(),
                (double) router.routing().experts(),
                sizes.width(router.input().shape()),
                conditions.elementBytes());
    }

    private double flops(Operator.Attention attention) {
        Shape query = attention.query().shape();
        double widths = sizes.width(query.trailing(1))
                + sizes.width(attention.value().shape().trailing(1));
        double heads = sizes.width(query.trailing(2).leading(1));
        double share = sizes.tokens() / sizes.batch().tokens();
        return 2 * visible(attention) * share * heads * widths;
    }

    /// Seconds of an attention core.
    double attention(Operator.Attention attention, Direction direction) {
        boolean back = direction == Direction.BACK;
        Shape query = attention.query().shape();
        double heads = sizes.width(query.trailing(2).leading(1));
        double keyWidth = sizes.width(query.trailing(1));
        double valueWidth = sizes.width(attention.value().shape().trailing(1));
        double sequences = (double) sizes.batch().sequences();
        double tokens = (double) sizes.batch().tokens();
        double share = sizes.tokens() / sequences / tokens;
        return switch (conditions.rules().attention()) {
            case AttentionKernel.Tiled _ -> {
                double work = flops(attention);
                double moving = bytes(attention.reads()) + bytes(attention.writes());
                double computing = back
                        ? ATTENTION_BACKWARD * work / pace.attention().backward()
                        : work / pace.attention().forward();
                yield computing
                        + (back ? 2 : 1) * moving / pace.streams().rate()
                        + pace.attention().launch();
            }
            case AttentionKernel.Materialised _ -> {
                double batches = sequences * heads;
                double rows = tokens * share;
                double products = batches
                        * (pace.product(rows, tokens, keyWidth, conditions.elementBytes())
                                + pace.product(rows, valueWidth, tokens, conditions.elementBytes())
                                - 2 * pace.host().launch());
                double moving = batches * rows * tokens * SCORE_TRAVERSALS * conditions.elementBytes();
                yield (back ? 2 : 1) * (products + moving / pace.streams().rate());
            }
        };
    }

    private double visible(Operator.Attention attention) {
        return (double) VisiblePairs.of(attention.mask(), 0, sizes.batch().tokens());
    }

    private double logits(Operator.CrossEntropy loss) {
        return sizes.elements(loss.logits().shape())
                * pace.streams().logitBytes()
                / pace.streams().rate();
    }

    private double bytes(List<Value> values) {
        double elements = 0;
        for (Value value : values) {
            elements += sizes.elements(value.shape());
        }
        return elements * conditions.elementBytes();
    }

    /// How much more is moved where an operator is run as a string of small ones in f32.
    private double eager(Operator operator) {
        boolean widened = conditions.rules().norms() == ActivationRules.Norms.WIDENED;
        if (operator instanceof Operator.Normalization normalization) {
            return widened && normalization.kind() == NormalizationKind.ROOT_MEAN_SQUARE ? WIDENED_NORM : 1;
        }
        boolean copied = conditions.rules().rotations() == ActivationRules.Rotations.COPIED;
        return operator instanceof Operator.RotaryEmbedding && (widened || copied) ? WIDENED_ROTATION : 1;
    }

    private Work moved(double bytes) {
        return elementWise(bytes * pace.streams().passes() / pace.streams().rate()
                + pace.host().launch());
    }

    private static Work products(double seconds, double flops) {
        return new Work(seconds, 0, 0, flops);
    }

    private static Work elementWise(double seconds) {
        return new Work(0, 0, seconds, 0);
    }
}
