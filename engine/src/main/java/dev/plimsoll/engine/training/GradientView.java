package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.GradientOperands;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Optional;

/// What one operator's gradients see: what the backward step lists, and nothing else of the forward pass.
record GradientView(MicroBatch microBatch, Frame frame, BackwardStep.Gradient step) implements GradientOperands {
    @Override
    public Tensor value(Value value) {
        if (!step.reads().contains(new Kept.OfValue(value))) {
            throw notListed(value.name());
        }
        return microBatch.read(frame, value);
    }

    @Override
    public Tensor finding(Finding finding) {
        for (Kept read : step.reads()) {
            if (read instanceof Kept.Found found && found.what() == finding) {
                return frame.get(found.name());
            }
        }
        throw notListed("its " + finding);
    }

    @Override
    public Tensor parameter(Parameter parameter) {
        return microBatch.parameter(frame, parameter);
    }

    @Override
    public Tensor outputGradient(Value value) {
        return frame.findGradient(value)
                .orElseThrow(() -> new IllegalStateException("no gradient has reached " + value.name()));
    }

    @Override
    public Optional<Tensor> inputGradient(Value value) {
        return step.inputs().contains(value) ? frame.findGradient(value) : Optional.empty();
    }

    @Override
    public Optional<Tensor> parameterGradient(Parameter parameter) {
        return step.parameters().contains(parameter)
                ? microBatch.parameterGradient(frame, parameter)
                : Optional.empty();
    }

    @Override
    public int[] positions() {
        return microBatch.places(step.operator());
    }

    @Override
    public CounterBased random() {
        return microBatch.random(frame, step.operator());
    }

    private IllegalStateException notListed(String what) {
        return new IllegalStateException(
                "the gradient of " + step.operator().name() + " does not list " + what + " among what it reads");
    }
}
