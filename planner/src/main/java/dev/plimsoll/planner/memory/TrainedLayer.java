package dev.plimsoll.planner.memory;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.DropoutInsertion;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.framework.ActivationRules.Gates;
import dev.plimsoll.planner.memory.SavedTensor.Presence;
import dev.plimsoll.planner.memory.SavedTensor.Rows;
import dev.plimsoll.planner.memory.SavedTensor.Sizes;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.Tuning;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A block as a training run holds it, prepared once; [#memory] then splits it over devices.
///
/// What is saved comes out of the block's operators and their backward pass ([BlockBackward]), tensor by tensor, each
/// divided by its own axes. An operator whose gradients are not described leaves every value that is multiplied,
/// normalised or scanned: assumed, and named so by [#provenance].
public final class TrainedLayer {
    private final Block block;
    private final TrainingMethod method;
    private final Place place;
    private final List<SavedTensor> saved;
    private final List<SavedTensor> whole;
    private final List<SavedTensor> deferred;
    private final WorkingSet working;
    private final Optional<HeadSet> head;
    private final ParameterSplit parameters;
    private final ProductShapes products;
    private final Provenance provenance;

    /// Where a block stands.
    public enum Place {
        /// Before the layers: embeddings.
        BEFORE,
        LAYER,
        /// Behind them: the last normalisation and the head, whose activations belong to the loss.
        BEHIND
    }

    private TrainedLayer(Block plain, Place place, TrainingMethod method, Set<Piece> pieces, Set<String> held) {
        this.method = method;
        this.place = place;
        this.block = rewritten(plain, place, method);
        Set<Piece> fused = fused(method);
        Set<Piece> asked = place == Place.LAYER ? pieces : Set.of();
        Optional<BlockBackward> kept = backward(with(fused, asked));
        Optional<BlockBackward> all = asked.isEmpty() ? kept : backward(fused);
        this.provenance = kept.isPresent() ? Provenance.EXACT : Provenance.ASSUMED;
        this.saved = kept.map(backward -> SavedTensors.of(block, method, asked, backward))
                .orElseGet(() -> assumed(asked));
        this.whole = all.map(backward -> SavedTensors.of(block, method, Set.of(), backward))
                .orElseGet(() -> assumed(Set.of()));
        this.deferred = productInputs();
        this.working = new WorkingSet(block, method);
        this.head = place == Place.BEHIND ? HeadSet.of(block, method) : Optional.empty();
        this.parameters = new ParameterSplit(block, method, held);
        this.products = new ProductShapes(block, method.framework());
    }

    /// @param pieces what of a layer is run again
    /// @param held parameters of the whole model that the stage holds already, by name
    public static TrainedLayer of(
            Block block, Place place, TrainingMethod method, Set<Piece> pieces, Set<String> held) {
        return new TrainedLayer(block, place, method, pieces, held);
    }

    /// What it costs one device for one micro-batch.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public LayerMemory memory(LayerSplit split, TrainingBatch batch) {
        Sizes sizes = sizes(batch);
        boolean edge = place == Place.BEHIND && (head.isPresent() || isNorm());
        long kept = edge ? 0 : sum(saved, split, sizes);
        long rerun = edge ? 0 : Math.max(0, sum(whole, split, sizes) - kept);
        return new LayerMemory(
                place,
                parameters.dense(split),
                parameters.experts(split),
                kept,
                sum(deferred, split, sizes),
                rerun,
                head.map(set -> set.working(split, sizes)).orElseGet(() -> working.bytes(split, sizes)),
                head.map(set -> set.logits(split).bytes(split, sizes)).orElse(0L),
                products.of(split));
    }

    /// The tensors that its forward pass leaves.
    List<SavedTensor> saved() {
        return saved;
    }

    Optional<HeadSet> head() {
        return head;
    }

    Sizes sizes(TrainingBatch batch) {
        return new Sizes(
                batch.microBatch(), batch.sequenceLength(), method.load().hundredths());
    }

    /// Assumed where an operator's gradients are not described.
    public Provenance provenance() {
        return provenance;
    }

    public Block block() {
        return block;
    }

    private static Block rewritten(Block plain, Place place, TrainingMethod method) {
        Block dropped = DropoutInsertion.of(plain, method.dropout());
        return switch (method.tuning()) {
            case Tuning.Everything() -> dropped;
            case Tuning.Adapters adapters ->
                place == Place.LAYER ? adapters.adapters().of(dropped) : dropped;
        };
    }

    private static Set<Piece> fused(TrainingMethod method) {
        return method.framework().activations().gates() == Gates.FUSED ? Set.of(Piece.GATE) : Set.of();
    }

    private static Set<Piece> with(Set<Piece> some, Set<Piece> others) {
        Set<Piece> all = EnumSet.noneOf(Piece.class);
        all.addAll(some);
        all.addAll(others);
        return all;
    }

    /// Empty where an operator's gradients are not described.
    private Optional<BlockBackward> backward(Set<Piece> pieces) {
        TrainingExecution execution = new TrainingExecution(
                method.precision(),
                method.framework().activations().attention(),
                method.dropout(),
                Recomputation.NONE,
                method.tuning().trained());
        BlockBackward.Upstream upstream =
                place == Place.BEFORE ? BlockBackward.Upstream.FROZEN : BlockBackward.Upstream.TRAINED;
        try {
            return Optional.of(BlockBackward.of(block, execution, pieces, upstream));
        } catch (InputException undescribed) {
            return Optional.empty();
        }
    }

    private List<SavedTensor> assumed(Set<Piece> pieces) {
        Set<Value> values = new LinkedHashSet<>();
        if (pieces.contains(Piece.LAYER)) {
            values.add(block.inputs().getFirst());
        } else {
            block.operators().stream()
                    .filter(TrainedLayer::readsItsInputs)
                    .forEach(operator -> values.addAll(operator.reads()));
        }
        List<SavedTensor> tensors = new ArrayList<>();
        for (Value value : values) {
            int bytes = method.precision().of(value.content()).blockBytes();
            tensors.add(new SavedTensor(value.name(), value.shape(), bytes, Rows.TOKENS, Presence.ALWAYS));
        }
        return tensors;
    }

    private static boolean readsItsInputs(Operator operator) {
        return switch (operator) {
            case Operator.Add _,
                    Operator.Scale _,
                    Operator.RotaryEmbedding _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.AddBias _,
                    Collective _,
                    Operator.Dropout _ -> false;
            case Operator.Embedding _,
                    Operator.Linear _,
                    Operator.Normalization _,
                    Operator.Attention _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Router _,
                    Operator.Dispatch _,
                    Operator.GroupedLinear _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.CrossEntropy _ -> true;
        };
    }

    /// What gradients of weights read: the inputs of matrix products, and the gradients of what they write.
    private List<SavedTensor> productInputs() {
        int bytes = method.precision().activations().blockBytes();
        Set<Value> values = new LinkedHashSet<>();
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear || operator instanceof Operator.GroupedLinear) {
                values.add(operator.reads().getFirst());
                values.add(operator.output());
            }
        }
        return values.stream()
                .map(value -> new SavedTensor(
                        value.name(), value.shape(), bytes, SavedTensors.rows(value.shape()), Presence.ALWAYS))
                .toList();
    }

    private boolean isNorm() {
        return block.operators().stream().allMatch(Operator.Normalization.class::isInstance);
    }

    private static long sum(List<SavedTensor> tensors, LayerSplit split, Sizes sizes) {
        long sum = 0;
        for (SavedTensor tensor : tensors) {
            sum = Math.addExact(sum, tensor.bytes(split, sizes));
        }
        return sum;
    }
}
