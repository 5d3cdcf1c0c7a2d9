package dev.plimsoll.verification;

import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.training.MemoryTimeline;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.SavedActivations;
import dev.plimsoll.planner.training.TrainingStates;
import dev.plimsoll.planner.training.TrainingWork;

/// What the planner says of a training step.
final class TrainingPrediction {
    private TrainingPrediction() {}

    static Figures of(TrainingQuestion question) {
        return of(question, question.program());
    }

    /// @param program the question's, or one with a mistake planted in it
    static Figures of(TrainingQuestion question, TrainingProgram program) {
        MicroBatch batch = new MicroBatch(question.sequences(), question.tokens());
        TrainingStates states = TrainingStates.of(program, question.optimizer());
        Figures figures = new Figures();
        TrainingStates.tensors(program).forEach((name, elements) -> figures.put("parameter " + name, elements));
        figures.put("weights", states.weights().count());
        figures.put("master weights", states.masterWeights().count());
        figures.put("gradients", states.gradients().count());
        figures.put("gradient copy", states.gradientCopy().count());
        figures.put("optimizer states", states.optimizerStates().count());
        TrainingWork.of(program, batch).steps().forEach((moment, work) -> {
            figures.put("multiply-adds " + moment, work.logical());
            if (question.isAttention(moment.operator())) {
                figures.put("executed " + moment, work.executed());
            }
        });
        for (SavedActivations.Saved saved : SavedActivations.of(program, batch).tensors()) {
            figures.put("kept " + saved.name(), saved.bytes().count());
        }
        MemoryTimeline.Point peak = MemoryTimeline.of(program, states, batch).peak();
        figures.put("peak at " + peak.moment(), peak.held().count());
        return figures;
    }
}
