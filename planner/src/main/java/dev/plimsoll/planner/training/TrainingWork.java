package dev.plimsoll.planner.training;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// What one micro-batch multiplies, operator by operator, forward and backward.
///
/// Counts matrix products only. Checked against the engine's meter, and against [dev.plimsoll.planner.cost.FlopCount]
/// under the `strict` convention.
///
/// @param steps in execution order
public record TrainingWork(SequencedMap<Moment, MultiplyAdds> steps) {
    public static TrainingWork of(TrainingProgram program, MicroBatch batch) {
        OperatorWork work = new OperatorWork(batch, program.execution().attention());
        SequencedMap<Moment, MultiplyAdds> steps = new LinkedHashMap<>();
        for (TrainingProgram.Step block : program.blocks()) {
            for (Operator operator : block.block().operators()) {
                steps.put(new Moment(block.label(), Moment.Pass.FORWARD, operator.name()), work.forward(operator));
            }
        }
        for (TrainingProgram.Step block : program.blocks().reversed()) {
            for (BackwardStep step : block.backward().steps()) {
                String name = step.operator().name();
                switch (step) {
                    case BackwardStep.Rerun(Operator operator) ->
                        steps.put(new Moment(block.label(), Moment.Pass.RERUN, name), work.forward(operator));
                    case BackwardStep.Gradient gradient ->
                        steps.put(new Moment(block.label(), Moment.Pass.GRADIENT, name), work.gradient(gradient));
                }
            }
        }
        return new TrainingWork(steps);
    }

    /// All steps of one pass.
    public MultiplyAdds sum(Moment.Pass pass) {
        return steps.entrySet().stream()
                .filter(entry -> entry.getKey().pass() == pass)
                .map(Map.Entry::getValue)
                .reduce(MultiplyAdds.NONE, MultiplyAdds::plus);
    }
}
