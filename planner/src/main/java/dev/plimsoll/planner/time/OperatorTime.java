package dev.plimsoll.planner.time;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.NormalizationKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.planner.framework.ActivationRules;
import java.util.List;

/// Seconds of one operator on one device, forward and for its gradients.
///
/// A linear map has one product forward and one for each gradient. What only moves bytes reads what it reads and writes what it
/// writes; its gradient reads the output's gradient and, where the operator is not linear, the inputs, and writes the
/// inputs' gradients.
final class OperatorTime {
    /// An RMS norm that is not fused: cast to f32 (2 + 4 bytes an element), square (4 + 4), mean (4), scale (4 + 4), cast back
    /// (4 + 2), gain (2 + 2); 36 bytes for 4, of which the passes of element-wise operators count half as much again.
    /// Source: the operations of PyTorch's composite `rms_norm`.
    private static final double WIDENED_NORM = 6;

    /// A rotation in f32: cast (2 + 4), multiply (4 + 4), cast back (4 + 2); 20 bytes for 4, likewise. Source:
    /// pytorch/torchtitan, `apply_rotary_emb`.
    private static final double WIDENED_ROTATION = 3.3;

    private final DeviceSizes sizes;
    private final Conditions conditions;
    private final Pace pace;
    private final ProductTime products;
    private final AttentionTime cores;

    OperatorTime(BlockRun run, DeviceSizes sizes, double load, Conditions conditions) {
        this.sizes = sizes;
        this.conditions = conditions;
        pace = conditions.pace();
        products = new ProductTime(run, sizes, load, conditions);
        cores = new AttentionTime(sizes, conditions);
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
            case Operator.Linear linear ->
                products(products.linear(linear, ProductTime.Product.FORWARD), products.flops(linear));
            case Operator.GroupedLinear grouped ->
                products(products.grouped(grouped, ProductTime.Product.FORWARD), products.flops(grouped));
            case Operator.Router router -> products(products.router(router), 0);
            case Operator.Attention attention ->
                new Work(0, cores.seconds(attention, AttentionTime.Direction.FORTH), 0, cores.flops(attention));
            case Operator.CrossEntropy loss -> elementWise(logits(loss) / 3);
            case Collective collective -> throw divided(collective);
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
                    Operator.AddBias _,
                    Operator.Dropout _ -> moved((bytes(operator.reads()) + bytes(operator.writes())) * eager(operator));
        };
    }

    Work backward(BackwardStep.Gradient step) {
        boolean input = !step.inputs().isEmpty();
        return switch (step.operator()) {
            case Operator.Linear linear ->
                products(
                        (input ? products.linear(linear, ProductTime.Product.INPUT_GRADIENT) : 0)
                                + weightGradients(step),
                        gradients(step, linear.weight()) * products.flops(linear));
            case Operator.GroupedLinear grouped ->
                products(
                        (input ? products.grouped(grouped, ProductTime.Product.INPUT_GRADIENT) : 0)
                                + weightGradients(step),
                        gradients(step, grouped.weight()) * products.flops(grouped));
            case Operator.Router router -> products(2 * products.router(router), 0);
            case Operator.Attention attention ->
                new Work(0, cores.seconds(attention, AttentionTime.Direction.BACK), 0, 2 * cores.flops(attention));
            case Operator.CrossEntropy loss -> elementWise(logits(loss) * 2 / 3);
            case Collective collective -> throw divided(collective);
            case Operator.Add _,
                    Operator.AddBias _,
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
            case Operator.Linear linear ->
                trains(step, linear.weight()) ? products.linear(linear, ProductTime.Product.WEIGHT_GRADIENT) : 0;
            case Operator.GroupedLinear grouped ->
                trains(step, grouped.weight()) ? products.grouped(grouped, ProductTime.Product.WEIGHT_GRADIENT) : 0;
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
                    Operator.AddBias _,
                    Collective _,
                    Operator.CrossEntropy _ -> 0;
        };
    }

    private static double gradients(BackwardStep.Gradient step, Parameter weight) {
        return (step.inputs().isEmpty() ? 0 : 1) + (trains(step, weight) ? 1 : 0);
    }

    private static boolean trains(BackwardStep.Gradient step, Parameter weight) {
        return step.parameters().contains(weight);
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

    private static IllegalArgumentException divided(Collective collective) {
        return new IllegalArgumentException(
                collective.name() + " belongs to one device's program; whole blocks are timed, and how they are split");
    }

    /// Seconds of an attention core.
    double core(Operator.Attention attention, AttentionTime.Direction direction) {
        return cores.seconds(attention, direction);
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
