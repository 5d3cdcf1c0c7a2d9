package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A block with its backward pass, as it is timed.
///
/// @param block as it is run, with dropout, adapters and loss where there are any
/// @param backward its steps in order
public record BlockRun(Block block, List<BackwardStep> backward) {
    public BlockRun {
        backward = List.copyOf(backward);
    }

    /// A block as training runs it. Where an operator's gradient is not described, every operator is given the gradients of
    /// all it reads: recurrences are timed, though they are not executed.
    ///
    /// @param block rewritten already
    /// @param pieces what is run again in it
    public static BlockRun of(
            Block block, TrainingExecution execution, Set<Piece> pieces, BlockBackward.Upstream upstream) {
        try {
            return new BlockRun(
                    block, BlockBackward.of(block, execution, pieces, upstream).steps());
        } catch (InputException notDescribed) {
            return new BlockRun(block, everyGradient(block, pieces));
        }
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
