package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A block's backward pass in two: what the stage before waits for, and the gradients of weights that can be put off.
///
/// Put off are the weights' gradients of linear maps whose inputs need gradients too, and what is run again for them
/// alone. Source: Qi et al. 2024, section 2.
///
/// @param backward in order
/// @param weights in order; empty under schedules that put nothing off
public record DividedBackward(List<BackwardStep> backward, List<BackwardStep> weights) {
    public DividedBackward {
        backward = List.copyOf(backward);
        weights = List.copyOf(weights);
    }

    public static DividedBackward of(BlockBackward whole, PipelineSchedule schedule) {
        return switch (schedule) {
            case GPIPE, ONE_FORWARD_ONE_BACKWARD -> new DividedBackward(whole.steps(), List.of());
            case ZERO_BUBBLE -> divided(whole.steps());
        };
    }

    private static DividedBackward divided(List<BackwardStep> steps) {
        List<BackwardStep> backward = new ArrayList<>();
        List<BackwardStep> weights = new ArrayList<>();
        Set<Kept> readNow = new HashSet<>();
        Set<Kept> readLater = new HashSet<>();
        for (BackwardStep step : steps.reversed()) {
            switch (step) {
                case BackwardStep.Gradient gradient -> {
                    BackwardStep.Gradient now = gradient;
                    Optional<Parameter> weight = weight(gradient);
                    if (weight.isPresent() && !gradient.inputs().isEmpty()) {
                        now = ofInputs(gradient, weight.get());
                        weights.addFirst(ofWeight(gradient, weight.get()));
                        readLater.addAll(gradient.reads());
                    }
                    backward.addFirst(now);
                    readNow.addAll(now.reads());
                }
                case BackwardStep.Rerun(Operator operator) -> {
                    boolean later = isRead(operator, readLater) && !isRead(operator, readNow);
                    (later ? weights : backward).addFirst(step);
                    for (Value read : operator.reads()) {
                        (later ? readLater : readNow).add(new Kept.OfValue(read));
                    }
                }
            }
        }
        return new DividedBackward(backward, weights);
    }

    /// Whether something that an operator writes or finds is among the tensors.
    private static boolean isRead(Operator operator, Set<Kept> tensors) {
        return tensors.stream().anyMatch(tensor -> switch (tensor) {
            case Kept.OfValue(Value value) -> operator.writes().contains(value);
            case Kept.Found found -> found.operator().equals(operator.name());
        });
    }

    private static Optional<Parameter> weight(BackwardStep.Gradient gradient) {
        Optional<Parameter> weight = Optional.empty();
        if (gradient.operator() instanceof Operator.Linear linear) {
            weight = Optional.of(linear.weight());
        } else if (gradient.operator() instanceof Operator.GroupedLinear linear) {
            weight = Optional.of(linear.weight());
        }
        return weight.filter(gradient.parameters()::contains);
    }

    /// What is left when the weight's gradient is put off; the map's input is read for that alone.
    private static BackwardStep.Gradient ofInputs(BackwardStep.Gradient gradient, Parameter weight) {
        List<Parameter> others = gradient.parameters().stream()
                .filter(parameter -> !parameter.equals(weight))
                .toList();
        Kept input = new Kept.OfValue(gradient.operator().reads().getFirst());
        List<Kept> reads =
                gradient.reads().stream().filter(read -> !read.equals(input)).toList();
        return new BackwardStep.Gradient(gradient.operator(), gradient.inputs(), others, reads);
    }

    private static BackwardStep.Gradient ofWeight(BackwardStep.Gradient gradient, Parameter weight) {
        return new BackwardStep.Gradient(gradient.operator(), List.of(), List.of(weight), gradient.reads());
    }
}
