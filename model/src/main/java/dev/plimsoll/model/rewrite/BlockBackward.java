package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A block's backward pass: what the forward pass keeps for it, and its steps in order.
///
/// Gradients are taken in the reverse order of the operators, of those only that something trained depends on. What a
/// gradient reads is kept, or, where its operator is run again, made from what is kept just before the first
/// gradient that reads it. A layer that is run again whole is run once, at the start.
///
/// @param kept what outlives the forward pass, each once, in the order of its making
/// @param steps in execution order
/// @param inputGradients the block's inputs that get a gradient
public record BlockBackward(List<Kept> kept, List<BackwardStep> steps, List<Value> inputGradients) {
    /// Whether anything before a block is trained, so that its first input needs a gradient.
    public enum Upstream {
        TRAINED,
        FROZEN
    }

    public BlockBackward {
        kept = List.copyOf(kept);
        steps = List.copyOf(steps);
        inputGradients = List.copyOf(inputGradients);
    }

    /// The backward pass of a block whose first output has a gradient.
    ///
    /// @param pieces what is run again in this block
    /// @throws dev.plimsoll.model.failure.InputException naming an operator that has no gradient yet
    public static BlockBackward of(Block block, TrainingExecution execution, Set<Piece> pieces, Upstream upstream) {
        List<BackwardStep.Gradient> gradients = new Gradients(block, execution, upstream).steps();
        return new Planning(block, gradients, pieces).plan(upstream);
    }

    /// Finds which gradients are taken.
    private static final class Gradients {
        private final Block block;
        private final TrainingExecution execution;
        private final Set<Value> trained = new HashSet<>();

        Gradients(Block block, TrainingExecution execution, Upstream upstream) {
            this.block = block;
            this.execution = execution;
            if (upstream == Upstream.TRAINED) {
                trained.addAll(differentiable(block.inputs()));
            }
            for (Operator operator : block.operators()) {
                boolean depends = operator.reads().stream().anyMatch(trained::contains);
                if (depends || !trainedParameters(operator).isEmpty()) {
                    trained.addAll(differentiable(operator.writes()));
                }
            }
        }

        List<BackwardStep.Gradient> steps() {
            List<BackwardStep.Gradient> steps = new ArrayList<>();
            Set<Value> reached = new HashSet<>(Set.of(block.outputs().getFirst()));
            for (Operator operator : block.operators().reversed()) {
                if (operator.writes().stream().noneMatch(value -> reached.contains(value) && trained.contains(value))) {
                    continue;
                }
                List<Value> inputs = new LinkedHashSet<>(operator.reads())
                        .stream().filter(trained::contains).toList();
                List<Parameter> parameters = trainedParameters(operator);
                reached.addAll(inputs);
                steps.add(new BackwardStep.Gradient(
                        operator, inputs, parameters, GradientReads.of(operator, inputs, parameters, execution)));
            }
            return steps;
        }

        private static List<Value> differentiable(List<Value> values) {
            return values.stream()
                    .filter(value -> value.content() != Value.Content.INDEX)
                    .toList();
        }

        private List<Parameter> trainedParameters(Operator operator) {
            return operator.parameters().stream()
                    .filter(parameter -> Trainable.is(parameter, execution.trained()))
                    .toList();
        }
    }

    /// Puts what is run again before the gradients that read it.
    private static final class Planning {
        private final Block block;
        private final List<BackwardStep.Gradient> gradients;
        private final Set<Piece> pieces;
        private final RerunChoice choice;
        private final Map<String, Operator> maker = new HashMap<>();
        private final Set<String> rerun = new HashSet<>();
        private final Set<Kept> kept = new LinkedHashSet<>();
        private final List<BackwardStep> steps = new ArrayList<>();

        Planning(Block block, List<BackwardStep.Gradient> gradients, Set<Piece> pieces) {
            this.block = block;
            this.gradients = gradients;
            this.pieces = pieces;
            this.choice = RerunChoice.of(block, pieces);
            for (Operator operator : block.operators()) {
                operator.writes().forEach(value -> maker.put(value.name(), operator));
            }
        }

        BlockBackward plan(Upstream upstream) {
            if (pieces.contains(Piece.LAYER) && !gradients.isEmpty()) {
                block.operators().forEach(this::runAgain);
            }
            for (BackwardStep.Gradient gradient : gradients) {
                Set<Operator> again = new HashSet<>();
                gradient.reads().forEach(read -> require(read, gradient.operator(), again));
                block.operators().stream()
                        .filter(again::contains)
                        .map(BackwardStep.Rerun::new)
                        .forEach(steps::add);
                steps.add(gradient);
            }
            return new BlockBackward(inOrder(), steps, inputGradients(upstream));
        }

        private void runAgain(Operator operator) {
            rerun.add(operator.name());
            steps.add(new BackwardStep.Rerun(operator));
            for (Value read : operator.reads()) {
                if (!maker.containsKey(read.name())) {
                    kept.add(new Kept.OfValue(read));
                }
            }
        }

        /// Sees to it that a tensor is there: kept, or made again by operators that are added to `again`.
        private void require(Kept read, Operator reader, Set<Operator> again) {
            switch (read) {
                case Kept.Found found -> {
                    if (choice.outputs().contains(reader.name())
                            || choice.findings().contains(reader.name())) {
                        again(reader, again);
                    } else {
                        kept.add(found);
                    }
                }
                case Kept.OfValue(Value value) -> {
                    Operator made = maker.get(value.name());
                    if (made != null && choice.outputs().contains(made.name())) {
                        again(made, again);
                    } else {
                        kept.add(read);
                    }
                }
            }
        }

        private void again(Operator operator, Set<Operator> again) {
            if (!rerun.add(operator.name())) {
                return;
            }
            again.add(operator);
            operator.reads().forEach(value -> require(new Kept.OfValue(value), operator, again));
        }

        private List<Kept> inOrder() {
            List<Kept> ordered = new ArrayList<>();
            block.inputs().forEach(input -> keep(new Kept.OfValue(input), ordered));
            for (Operator operator : block.operators()) {
                kept.stream()
                        .filter(tensor -> tensor instanceof Kept.Found found
                                && found.operator().equals(operator.name()))
                        .forEach(ordered::add);
                operator.writes().forEach(value -> keep(new Kept.OfValue(value), ordered));
            }
            return ordered;
        }

        private void keep(Kept tensor, List<Kept> ordered) {
            if (kept.contains(tensor)) {
                ordered.add(tensor);
            }
        }

        private List<Value> inputGradients(Upstream upstream) {
            return switch (upstream) {
                case FROZEN -> List.of();
                case TRAINED ->
                    block.inputs().stream()
                            .filter(input -> gradients.stream()
                                    .anyMatch(step -> step.inputs().contains(input)))
                            .toList();
            };
        }
    }
}
