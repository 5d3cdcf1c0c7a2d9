package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.ForwardOperands;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.Map;
import java.util.Optional;

/// What one operator sees on its way forward: what it reads and writes, and nothing else.
///
/// @param written the tensors of the values that it writes, by name
/// @param findings the tensors of those of its findings that somebody wants
record ForwardView(
        MicroBatch microBatch,
        Frame frame,
        Operator operator,
        Map<String, Tensor> written,
        Map<Finding, Tensor> findings)
        implements ForwardOperands {
    @Override
    public Tensor value(Value value) {
        Tensor own = written.get(value.name());
        if (own != null) {
            return own;
        }
        if (!operator.reads().contains(value)) {
            throw new IllegalStateException(operator.name() + " does not read " + value.name());
        }
        return microBatch.read(frame, value);
    }

    @Override
    public Tensor parameter(Parameter parameter) {
        return microBatch.parameter(frame, parameter);
    }

    @Override
    public Optional<Tensor> finding(Finding finding) {
        return Optional.ofNullable(findings.get(finding));
    }

    @Override
    public int[] positions() {
        return microBatch.places(operator);
    }

    @Override
    public Optional<int[]> givenExperts() {
        return microBatch.givenExperts(frame, operator);
    }

    @Override
    public CounterBased random() {
        return microBatch.random(frame, operator);
    }
}
