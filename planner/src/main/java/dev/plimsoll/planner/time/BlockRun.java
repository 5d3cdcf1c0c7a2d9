package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.BlockBackward.Upstream;
import dev.plimsoll.model.rewrite.DropoutInsertion;
import dev.plimsoll.model.rewrite.Loss;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.Tuning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A block with its backward pass, as it is timed: prepared once, then timed under as many splits as are asked for.
public final class BlockRun {
    private final Block block;
    private final List<BackwardStep> backward;
    private final MatrixShapes shapes;
    private final Set<Parameter> trained = new LinkedHashSet<>();

    /// @param block as it is run, with dropout, adapters and loss where there are any
    /// @param backward its steps in order
    public BlockRun(Block block, List<BackwardStep> backward) {
        this.block = block;
        this.backward = List.copyOf(backward);
        this.shapes = new MatrixShapes(block);
        for (BackwardStep step : this.backward) {
            if (step instanceof BackwardStep.Gradient gradient) {
                trained.addAll(gradient.parameters());
            }
        }
    }

    public Block block() {
        return block;
    }

    public List<BackwardStep> backward() {
        return backward;
    }

    MatrixShapes shapes() {
        return shapes;
    }

    /// The parameters that get gradients.
    Collection<Parameter> trained() {
        return trained;
    }

    /// A block as training runs it. Where an operator's gradient is not described, every operator is given the gradients of
    /// all it reads: recurrences are timed, though they are not executed.
    ///
    /// @param block rewritten already
    /// @param pieces what is run again in it
    public static BlockRun of(Block block, TrainingExecution execution, Set<Piece> pieces, Upstream upstream) {
        try {
            return new BlockRun(
                    block, BlockBackward.of(block, execution, pieces, upstream).steps());
        } catch (InputException notDescribed) {
            return new BlockRun(block, everyGradient(block, pieces));
        }
    }

    /// A block as a method has it run: with dropout, adapters in layers, and the loss behind scores.
    ///
    /// @param plain as the model has it
    /// @param pieces what is run again in it
    public static BlockRun of(Block plain, TrainingMethod method, Set<Piece> pieces) {
        TrainingExecution execution = TrainingExecution.of(
                        method.precision(), method.framework().activations().attention())
                .withDropout(method.dropout())
                .withTrained(method.tuning().trained());
        boolean layer = plain.operators().stream().anyMatch(Operator.Attention.class::isInstance);
        Block dropped = DropoutInsertion.of(plain, method.dropout());
        Block adapted = switch (method.tuning()) {
            case Tuning.Everything _ -> dropped;
            case Tuning.Adapters adapters -> layer ? adapters.adapters().of(dropped) : dropped;
        };
        boolean scores = plain.outputs().getFirst().shape().has(Axis.VOCABULARY);
        // Nothing before an embedding is trained.
        Upstream upstream =
                plain.operators().getFirst() instanceof Operator.Embedding ? Upstream.FROZEN : Upstream.TRAINED;
        return of(scores ? Loss.of(adapted) : adapted, execution, pieces, upstream);
    }

    private static List<BackwardStep> everyGradient(Block block, Set<Piece> pieces) {
        List<BackwardStep> steps = new ArrayList<>();
        if (pieces.contains(Piece.LAYER)) {
            block.operators().forEach(operator -> steps.add(new BackwardStep.Rerun(operator)));
        }
        for (Operator operator : block.operators().reversed()) {
            List<Value> inputs = operator.reads().stream()
                    .filter(value -> value.content() != Value.Content.INDEX)
                    .toList();
            steps.add(new BackwardStep.Gradient(operator, inputs, operator.parameters(), List.of()));
        }
        return steps;
    }
}
