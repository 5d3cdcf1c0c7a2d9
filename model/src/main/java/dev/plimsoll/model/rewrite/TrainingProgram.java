package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.BlockBackward.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// One training step of a model's text stack: its blocks in order, each with its backward pass.
///
/// The forward pass runs the blocks in this order, the backward pass in the reverse. A block's first input is the first
/// output of the block before it; its other inputs are the batch's (token numbers, positions, targets). Where nothing is
/// trained there is no loss and no backward pass: the blocks are run forward, and the last one's first output is given.
///
/// @param blocks one for each layer, as often as it is run
/// @param execution how it is run
public record TrainingProgram(List<Step> blocks, TrainingExecution execution) {
    /// A block where it stands.
    ///
    /// @param label unique within the program, for example `text.3`
    /// @param layer what `{layer}` in tensor names stands for
    public record Step(String label, Block block, long layer, BlockBackward backward) {}

    public TrainingProgram {
        blocks = List.copyOf(blocks);
    }

    /// @param adaptation low-rank adapters, where there are any
    /// @throws InputException where the model has another part than one text stack, or an operator without a gradient
    public static TrainingProgram of(
            Transformer model, TrainingExecution execution, Optional<LowRankAdaptation> adaptation) {
        return of(model, execution, adaptation, block -> block);
    }

    /// @param last what is done to a block when all else is
    static TrainingProgram of(
            Transformer model,
            TrainingExecution execution,
            Optional<LowRankAdaptation> adaptation,
            UnaryOperator<Block> last) {
        return new Builder(execution, adaptation, last).build(stack(model));
    }

    public static TrainingProgram of(Transformer model, TrainingExecution execution) {
        return of(model, execution, Optional.empty());
    }

    /// The only text stack; extra layers that predict further tokens and poolers are left out.
    static Part stack(Transformer model) {
        List<Part> parts =
                model.parts().stream().filter(part -> !part.isOptional()).toList();
        Part.Kind kind = parts.getFirst().kind();
        boolean text = kind == Part.Kind.TEXT_DECODER || kind == Part.Kind.TEXT_ENCODER;
        if (parts.size() != 1 || !text) {
            List<String> names = parts.stream().map(Part::name).toList();
            throw InputException.unsupported(
                    model.architecture() + ": found the parts " + String.join(", ", names)
                            + ", expected one text stack; others are not executed yet",
                    "Ask for the text model alone.");
        }
        return parts.getFirst();
    }

    /// Neither what makes the residual stream nor what stands behind the layers.
    static boolean isLayer(Block block) {
        return block.operators().stream().anyMatch(operator -> operator.role() == Role.RESIDUAL);
    }

    private static final class Builder {
        private final TrainingExecution execution;
        private final Optional<LowRankAdaptation> adaptation;
        private final UnaryOperator<Block> last;
        private final List<Step> steps = new ArrayList<>();
        private Upstream upstream = Upstream.FROZEN;

        /// What a block's backward pass depends on beside the block.
        private record Variant(Set<Piece> pieces, Upstream upstream) {}

        Builder(TrainingExecution execution, Optional<LowRankAdaptation> adaptation, UnaryOperator<Block> last) {
            this.execution = execution;
            this.adaptation = adaptation;
            this.last = last;
        }

        TrainingProgram build(Part part) {
            List<LayerRun> runs = part.runs();
            int number = 0;
            for (int at = 0; at < runs.size(); at++) {
                LayerRun run = runs.get(at);
                boolean isLast = at == runs.size() - 1;
                boolean layers = isLayer(run.block());
                Block block = rewritten(run.block(), isLast, layers);
                Map<Variant, BlockBackward> known = new HashMap<>();
                for (long i = 0; i < run.count(); i++) {
                    long layer = run.first() + i;
                    Variant variant = new Variant(layers ? pieces(layer) : Set.of(), upstream);
                    BlockBackward backward = known.computeIfAbsent(
                            variant, key -> BlockBackward.of(block, execution, key.pieces(), key.upstream()));
                    steps.add(new Step(part.name() + "." + number++, block, layer, backward));
                    if (block.parameters().stream()
                            .anyMatch(parameter -> Trainable.is(parameter, execution.trained()))) {
                        upstream = Upstream.TRAINED;
                    }
                }
            }
            return new TrainingProgram(steps, execution);
        }

        private Block rewritten(Block block, boolean isLast, boolean layer) {
            Block dropped = DropoutInsertion.of(block, execution.dropout());
            Block adapted = layer ? adaptation.map(how -> how.of(dropped)).orElse(dropped) : dropped;
            return last.apply(isLast && execution.trained() != Trained.NOTHING ? Loss.of(adapted) : adapted);
        }

        private Set<Piece> pieces(long layer) {
            Recomputation recomputation = execution.recomputation();
            return recomputation.layers().has(layer) ? recomputation.what() : Set.of();
        }
    }
}
