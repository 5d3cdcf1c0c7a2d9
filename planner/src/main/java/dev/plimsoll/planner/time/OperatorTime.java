package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.cost.VisiblePairs;
import java.util.List;

/// Seconds of one operator on one device, forward and for its gradients.
///
/// A linear map has one product forward and one for each gradient; an attention core in tiles two forward and five back
/// (Dao 2023, section 3.1), over the pairs that are seen. What only moves bytes reads what it reads and writes what it
/// writes; its gradient reads the output's gradient and the inputs, and writes the inputs' gradients.
final class OperatorTime {
    /// Products of an attention core on the way back for each on the way forward.
    static final double ATTENTION_BACKWARD = 2.5;

    /// Scores and probabilities that a core without tiles moves: scores written, softmax, dropout with its mask of one
    /// byte, and probabilities read.
    private static final double SCORE_TRAVERSALS = 6.5;

    private final DeviceSizes sizes;
    private final double load;
    private final Conditions conditions;
    private final Pace pace;

    OperatorTime(DeviceSizes sizes, double load, Conditions conditions) {
        this.sizes = sizes;
        this.load = load;
        this.conditions = conditions;
        this.pace = conditions.pace();
    }

    /// Seconds by kind.
    record Work(double products, double attention, double elementWise) {
        static final Work NONE = new Work(0, 0, 0);

        Work plus(Work other) {
            return new Work(products + other.products, attention + other.attention, elementWise + other.elementWise);
        }
    }

    Work forward(Operator operator) {
        return switch (operator) {
            case Operator.Linear linear -> products(linear(linear, Product.FORWARD));
            case Operator.GroupedLinear grouped -> products(grouped(grouped, Product.FORWARD));
            case Operator.Router router -> products(router(router));
            case Operator.Attention attention -> new Work(0, attention(attention, false), 0);
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
                    Operator.Dropout _ -> moved(bytes(operator.reads()) + bytes(operator.writes()));
        };
    }

    Work backward(BackwardStep.Gradient step) {
        boolean input = !step.inputs().isEmpty();
        return switch (step.operator()) {
            case Operator.Linear linear ->
                products((input ? linear(linear, Product.INPUT_GRADIENT) : 0) + weightGradients(step));
            case Operator.GroupedLinear grouped ->
                products((input ? grouped(grouped, Product.INPUT_GRADIENT) : 0) + weightGradients(step));
            case Operator.Router router -> products(2 * router(router));
            case Operator.Attention attention -> new Work(0, attention(attention, true), 0);
            case Operator.CrossEntropy loss -> elementWise(logits(loss) * 2 / 3);
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
                    Operator.Dropout _ ->
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

    private static boolean trains(BackwardStep.Gradient step, Parameter weight) {
        return step.parameters().contains(weight);
    }

    /// The three products of a linear map.
    private enum Product {
        FORWARD,
        INPUT_GRADIENT,
        WEIGHT_GRADIENT
    }

    private double linear(Operator.Linear linear, Product product) {
        boolean split = sizes.isSplit(linear.inputs()) || sizes.isSplit(linear.outputs());
        Shape input = linear.input().shape();
        Shape apart = input.leading(input.rank() - linear.inputs().rank());
        double rows = (split ? sizes.tokens() : sizes.sharedTokens()) * sizes.width(apart);
        double outputs = sizes.width(linear.outputs());
        double inputs = sizes.width(linear.inputs());
        boolean eightBit = conditions.arithmetic() == Conditions.Arithmetic.EIGHT_BIT && linear.role() != Role.HEAD;
        return switch (product) {
            case FORWARD -> product(eightBit, rows, outputs, inputs);
            case INPUT_GRADIENT -> product(eightBit, rows, inputs, outputs);
            case WEIGHT_GRADIENT -> product(eightBit, outputs, inputs, rows);
        };
    }

    private double product(boolean eightBit, double m, double n, double k) {
        return eightBit
                ? pace.eightBitProduct(m, n, k, conditions.elementBytes())
                : pace.product(m, n, k, conditions.elementBytes());
    }

    private double grouped(Operator.GroupedLinear grouped, Product product) {
        Shape input = grouped.input().shape();
        double experts = sizes.expertsHere(grouped.weight().shape().size(Axis.EXPERTS));
        double inputs = sizes.width(input.trailing(1).then(expertAxis(grouped))) / sizes.width(expertAxis(grouped));
        double outputs = sizes.width(grouped.weight().shape()) / experts / inputs;
        double chosen = input.size(Axis.TOP_K);
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
                router.routing().experts(),
                sizes.width(router.input().shape()),
                conditions.elementBytes());
    }

    /// Seconds of an attention core.
    double attention(Operator.Attention attention, boolean back) {
        Shape query = attention.query().shape();
        double heads = sizes.width(query.trailing(2).leading(1));
        double keyWidth = sizes.width(query.trailing(1));
        double valueWidth = sizes.width(attention.value().shape().trailing(1));
        double sequences = sizes.batch().sequences();
        long tokens = sizes.batch().tokens();
        double share = sizes.tokens() / sequences / tokens;
        return switch (conditions.attention()) {
            case AttentionKernel.Tiled _ -> {
                double pairs = VisiblePairs.of(attention.mask(), 0, tokens) * share * sequences * heads;
                double work = 2 * pairs * (keyWidth + valueWidth);
                double moving = bytes(attention.reads()) + bytes(attention.writes());
                yield back
                        ? ATTENTION_BACKWARD * work / pace.attention().backward()
                                + 2 * moving / pace.streams().rate()
                        : work / pace.attention().forward()
                                + moving / pace.streams().rate();
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

    private Work moved(double bytes) {
        return elementWise(bytes * pace.streams().passes() / pace.streams().rate()
                + pace.host().launch());
    }

    private static Work products(double seconds) {
        return new Work(seconds, 0, 0);
    }

    private static Work elementWise(double seconds) {
        return new Work(0, 0, seconds);
    }
}
