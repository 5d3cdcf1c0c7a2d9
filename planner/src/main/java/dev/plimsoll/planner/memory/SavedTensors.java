package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.framework.ActivationRules.EightBitInputs;
import dev.plimsoll.planner.framework.ActivationRules.ExchangedOutputs;
import dev.plimsoll.planner.framework.ActivationRules.ExpertWeights;
import dev.plimsoll.planner.framework.ActivationRules.GroupedHeads;
import dev.plimsoll.planner.framework.ActivationRules.Norms;
import dev.plimsoll.planner.framework.ActivationRules.ProductInputs;
import dev.plimsoll.planner.framework.ActivationRules.Rotations;
import dev.plimsoll.planner.framework.ActivationRules.UnreadOutputs;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a block's forward pass leaves in a framework: what its backward pass reads by the description
/// ([BlockBackward#kept]), changed by the framework's habits.
final class SavedTensors {
    private final Block block;
    private final TrainingMethod method;
    private final Set<Piece> pieces;
    private final BlockBackward backward;
    private final Set<String> rerun = new HashSet<>();
    private final Set<Value> productInputs = new HashSet<>();
    private final Set<Value> readOtherwise = new HashSet<>();
    private final Set<Value> repeated = new HashSet<>();
    private final Set<Value> unread = new HashSet<>();
    private final List<SavedTensor> tensors = new ArrayList<>();

    private SavedTensors(Block block, TrainingMethod method, Set<Piece> pieces, BlockBackward backward) {
        this.block = block;
        this.method = method;
        this.pieces = pieces;
        this.backward = backward;
        backward.steps().forEach(this::reads);
        backward.kept().forEach(this::keep);
        block.operators().forEach(this::beside);
    }

    /// @param pieces what is run again in this block, as asked
    static List<SavedTensor> of(Block block, TrainingMethod method, Set<Piece> pieces, BlockBackward backward) {
        return List.copyOf(new SavedTensors(block, method, pieces, backward).tensors);
    }

    private void reads(BackwardStep step) {
        switch (step) {
            case BackwardStep.Rerun(Operator operator) -> {
                rerun.add(operator.name());
                readOtherwise.addAll(operator.reads());
            }
            case BackwardStep.Gradient gradient -> {
                for (Kept read : gradient.reads()) {
                    if (read instanceof Kept.OfValue(Value value)) {
                        reads(gradient.operator(), value);
                    }
                }
            }
        }
    }

    private void reads(Operator operator, Value value) {
        boolean product = operator instanceof Operator.Linear || operator instanceof Operator.GroupedLinear;
        boolean widened = operator instanceof Operator.Normalization
                && method.framework().activations().norms() == Norms.WIDENED
                && !rerun.contains(operator.name());
        boolean weighted = operator instanceof Operator.Combine combine
                && value.equals(combine.input())
                && method.framework().activations().expertWeights() == ExpertWeights.IN_ACTIVATION;
        if (product && value.content() == Value.Content.ACTIVATION) {
            productInputs.add(value);
        } else if (widened || weighted) {
            unread.add(value);
        } else {
            readOtherwise.add(value);
        }
        if (operator instanceof Operator.Attention attention
                && method.framework().activations().groupedHeads() == GroupedHeads.REPEATED
                && !reruns()
                && (value.equals(attention.key()) || value.equals(attention.value()))) {
            repeated.add(value);
        }
    }

    /// Whether a repetition of heads is run again too.
    private boolean reruns() {
        return pieces.contains(Piece.LAYER) || pieces.contains(Piece.OTHER_PRODUCTS);
    }

    private void keep(Kept kept) {
        int bytes = kept.heldIn(method.precision()).blockBytes();
        switch (kept) {
            case Kept.Found found -> tensors.add(tensor(found.name(), found.shape(), bytes, rows(found.shape())));
            case Kept.OfValue(Value value) -> keep(value, bytes);
        }
    }

    private void keep(Value value, int bytes) {
        boolean product = productInputs.contains(value);
        boolean other = readOtherwise.contains(value);
        if ((!product && !other && unread.contains(value)) || isRunAgainWithProduct(value)) {
            return;
        }
        SavedTensor.Rows rows = isGathered(value) ? SavedTensor.Rows.GATHERED : rows(value.shape());
        Shape shape = repeated.contains(value) ? withQueryHeads(value.shape()) : value.shape();
        boolean narrow = method.arithmetic() == MatrixArithmetic.FP8
                && method.framework().activations().eightBitInputs() == EightBitInputs.NARROW;
        if (product && narrow) {
            if (other) {
                tensors.add(tensor(value.name(), shape, bytes, rows));
            }
            tensors.add(tensor(value.name() + " (fp8)", value.shape(), 1, rows));
        } else {
            tensors.add(tensor(value.name(), shape, bytes, rows));
        }
    }

    /// What the normalisation before a dense feed-forward network writes, where that is run again from the normalisation.
    private boolean isRunAgainWithProduct(Value value) {
        boolean asked = pieces.contains(Piece.FEED_FORWARD)
                && method.framework().activations().norms() == Norms.FUSED_WITH_PRODUCT;
        boolean experts = block.operators().stream().anyMatch(Operator.Router.class::isInstance);
        return asked
                && !experts
                && block.operators().stream()
                        .anyMatch(operator -> operator instanceof Operator.Normalization
                                && operator.output().equals(value))
                && block.operators().stream()
                        .anyMatch(operator -> operator.role() == Role.FEED_FORWARD
                                && operator.reads().contains(value));
    }

    /// What is kept beside what the mathematics needs.
    private void beside(Operator operator) {
        int bytes = method.precision().activations().blockBytes();
        boolean again = rerun.contains(operator.name());
        switch (operator) {
            case Operator.Normalization norm -> {
                boolean widened = method.framework().activations().norms() == Norms.WIDENED;
                if (widened && !again && hasGradient(operator)) {
                    add(norm.name() + " (f32 input)", norm.input().shape(), Float.BYTES);
                    norm.gain()
                            .ifPresent(gain -> add(
                                    norm.name() + " (before gain)", norm.input().shape(), bytes));
                }
            }
            case Operator.RotaryEmbedding rotary -> {
                boolean copied = method.framework().activations().rotations() == Rotations.COPIED;
                if (copied && !again && hasGradient(operator)) {
                    add(rotary.name() + " (before)", rotary.input().shape(), bytes);
                }
            }
            case Operator.Attention attention -> {
                if (method.framework().activations().exchangedOutputs() == ExchangedOutputs.TWICE
                        && keeps(attention.output())) {
                    Shape shape = attention.output().shape();
                    tensors.add(new SavedTensor(
                            attention.name() + " (before exchange)",
                            shape,
                            bytes,
                            rows(shape),
                            SavedTensor.Presence.EXCHANGED));
                }
            }
            case Operator.Linear linear -> {
                if (pieces.contains(Piece.OTHER_PRODUCTS)) {
                    selected(linear, again, bytes);
                }
            }
            case Operator.Embedding _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Router _,
                    Operator.Dispatch _,
                    Operator.GroupedLinear _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.Dropout _,
                    Operator.CrossEntropy _,
                    Operator.AddBias _,
                    Collective _ -> {}
        }
    }

    /// Of a product whose inputs are split, the sum over ranks is kept too: what is costly to send is not sent again.
    /// Source: pytorch/torchtitan, `_save_list` with `reduce_scatter_tensor`.
    private void selected(Operator.Linear linear, boolean again, int bytes) {
        boolean keepsUnread = method.framework().activations().unreadOutputs() == UnreadOutputs.KEPT;
        Shape shape = linear.output().shape();
        if (hasSplitAxis(linear.inputs()) && (keepsUnread || !isLastProduct(linear))) {
            tensors.add(new SavedTensor(
                    linear.name() + " (summed)",
                    shape,
                    bytes,
                    SavedTensor.Rows.TOKENS,
                    SavedTensor.Presence.TENSOR_PARALLEL));
        }
        if (keepsUnread && !again && !keeps(linear.output())) {
            tensors.add(tensor(linear.name(), shape, bytes, SavedTensor.Rows.GATHERED));
        }
    }

    private boolean isLastProduct(Operator.Linear linear) {
        return block.operators().reversed().stream()
                .filter(Operator.Linear.class::isInstance)
                .findFirst()
                .filter(linear::equals)
                .isPresent();
    }

    private boolean hasGradient(Operator operator) {
        return backward.steps().stream()
                .anyMatch(step -> step instanceof BackwardStep.Gradient
                        && step.operator().name().equals(operator.name()));
    }

    private boolean keeps(Value value) {
        return backward.kept().contains(new Kept.OfValue(value));
    }

    private void add(String name, Shape shape, int bytes) {
        tensors.add(tensor(name, shape, bytes, rows(shape)));
    }

    private static SavedTensor tensor(String name, Shape shape, int bytes, SavedTensor.Rows rows) {
        return new SavedTensor(name, shape, bytes, rows, SavedTensor.Presence.ALWAYS);
    }

    static SavedTensor.Rows rows(Shape shape) {
        boolean expert = shape.has(Axis.TOP_K) && shape.dimensions().getLast().axis() != Axis.TOP_K;
        return expert ? SavedTensor.Rows.SENT_TO_EXPERTS : SavedTensor.Rows.TOKENS;
    }

    /// Whether tensor-parallel ranks each keep the whole: the input of a product whose outputs are split.
    private boolean isGathered(Value value) {
        if (method.framework().activations().productInputs() == ProductInputs.SHARDED) {
            return false;
        }
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear
                    && linear.input().equals(value)
                    && hasSplitAxis(linear.outputs())
                    && !hasSplitAxis(linear.inputs())) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasSplitAxis(Shape shape) {
        return shape.dimensions().stream().anyMatch(dimension -> AxisSplit.isSplit(dimension.axis()));
    }

    private Shape withQueryHeads(Shape shape) {
        long heads = queryHeads();
        List<Dimension> dimensions = new ArrayList<>();
        for (Dimension dimension : shape.dimensions()) {
            dimensions.add(
                    dimension.axis() == Axis.KEY_VALUE_HEADS
                            ? new Dimension.Fixed(Axis.QUERY_HEADS, heads)
                            : dimension);
        }
        return new Shape(dimensions);
    }

    private long queryHeads() {
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Attention attention
                    && attention.query().shape().has(Axis.QUERY_HEADS)) {
                return attention.query().shape().size(Axis.QUERY_HEADS);
            }
        }
        return 1;
    }
}
