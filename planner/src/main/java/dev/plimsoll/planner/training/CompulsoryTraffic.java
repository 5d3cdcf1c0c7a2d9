package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Bytes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;

/// Bytes that each step of a micro-batch must move where nothing stays on the chip from one operator to the next: every
/// tensor it reads once, every tensor it writes once.
///
/// Of a table the rows that are looked up; of experts at most one for each row that is sent to them. A parameter's
/// gradient is read and written, since micro-batches add up.
///
/// @param steps in execution order
public record CompulsoryTraffic(SequencedMap<Moment, Bytes> steps) {
    public static CompulsoryTraffic of(TrainingProgram program, MicroBatch batch) {
        Precision precision = program.execution().precision();
        Walk walk = new Walk(precision, batch);
        SequencedMap<Moment, Bytes> steps = new LinkedHashMap<>();
        for (TrainingProgram.Step block : program.blocks()) {
            for (Operator operator : block.block().operators()) {
                Moment moment = new Moment(block.label(), Moment.Pass.FORWARD, operator.name());
                steps.put(
                        moment,
                        walk.forward(operator)
                                .plus(walk.findings(operator, block.backward().kept())));
            }
        }
        for (TrainingProgram.Step block : program.blocks().reversed()) {
            for (BackwardStep step : block.backward().steps()) {
                String name = step.operator().name();
                switch (step) {
                    case BackwardStep.Rerun(Operator operator) ->
                        steps.put(new Moment(block.label(), Moment.Pass.RERUN, name), walk.forward(operator));
                    case BackwardStep.Gradient gradient ->
                        steps.put(new Moment(block.label(), Moment.Pass.GRADIENT, name), walk.gradient(gradient));
                }
            }
        }
        return new CompulsoryTraffic(steps);
    }

    public Bytes total() {
        return steps.values().stream().reduce(Bytes.ZERO, Bytes::plus);
    }

    private record Walk(Precision precision, MicroBatch batch) {
        Bytes forward(Operator operator) {
            Bytes sum = values(operator.reads()).plus(values(operator.writes()));
            for (Parameter parameter : operator.parameters()) {
                sum = sum.plus(precision.weights().bytes(touched(operator, parameter)));
            }
            return sum;
        }

        Bytes findings(Operator operator, List<Kept> kept) {
            Bytes sum = Bytes.ZERO;
            for (Kept tensor : kept) {
                if (tensor instanceof Kept.Found found && found.operator().equals(operator.name())) {
                    sum = sum.plus(bytes(found));
                }
            }
            return sum;
        }

        Bytes gradient(BackwardStep.Gradient step) {
            Operator operator = step.operator();
            Bytes sum = values(operator.writes().stream()
                            .filter(value -> value.content() != Value.Content.INDEX)
                            .toList())
                    .plus(values(step.inputs()));
            for (Kept read : step.reads()) {
                sum = sum.plus(bytes(read));
            }
            for (Parameter parameter : operator.parameters()) {
                if (!step.inputs().isEmpty() && parameter.kind() != Parameter.Kind.BIAS) {
                    sum = sum.plus(precision.weights().bytes(touched(operator, parameter)));
                }
            }
            for (Parameter parameter : step.parameters()) {
                sum = sum.plus(precision.gradients().bytes(2 * touched(operator, parameter)));
            }
            return sum;
        }

        private Bytes values(List<Value> values) {
            Bytes sum = Bytes.ZERO;
            for (Value value : new LinkedHashSet<>(values)) {
                sum = sum.plus(bytes(new Kept.OfValue(value)));
            }
            return sum;
        }

        private Bytes bytes(Kept tensor) {
            return tensor.heldIn(precision).bytes(batch.elements(tensor.shape()));
        }

        private long touched(Operator operator, Parameter parameter) {
            return switch (operator) {
                case Operator.Embedding embedding ->
                    Math.min(
                            parameter.elements(),
                            batch.elements(embedding.output().shape()));
                case Operator.GroupedLinear grouped -> {
                    long experts = parameter.shape().size(Axis.EXPERTS);
                    long rows = batch.elements(grouped.experts().shape());
                    yield parameter.elements() / experts * Math.min(experts, rows);
                }
                case Operator.Linear _,
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
                        Operator.AddBias _,
                        Collective _,
                        Operator.StateSpaceScan _,
                        Operator.DeltaRule _,
                        Operator.Concatenate _,
                        Operator.TokenPooling _,
                        Operator.Dropout _,
                        Operator.CrossEntropy _ -> parameter.elements();
            };
        }
    }
}
