package dev.plimsoll.verification;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.Optional;

/// A training step, or a forward pass where nothing is trained, that is predicted and executed.
///
/// @param model what it is called in the answer
/// @param sequences in the micro-batch
/// @param tokens of each sequence
public record TrainingQuestion(
        String model,
        Transformer transformer,
        TrainingExecution execution,
        Optional<LowRankAdaptation> adaptation,
        Optimizer optimizer,
        int sequences,
        int tokens) {
    TrainingProgram program() {
        return TrainingProgram.of(transformer, execution, adaptation);
    }

    /// Whether an operator of that name is an attention core, of which executed work is predicted too.
    boolean isAttention(String operator) {
        return transformer.parts().stream()
                .flatMap(part -> part.runs().stream())
                .flatMap(run -> run.block().operators().stream())
                .anyMatch(found ->
                        found instanceof Operator.Attention && found.name().equals(operator));
    }
}
