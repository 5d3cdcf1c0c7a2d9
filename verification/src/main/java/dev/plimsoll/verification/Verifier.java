package dev.plimsoll.verification;

import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.operator.Executed;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.rewrite.Shrinking;
import dev.plimsoll.model.rewrite.Shrunk;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.training.CompulsoryTraffic;
import dev.plimsoll.planner.training.MemoryTimeline;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingStates;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Predicts, executes and compares: training steps of a model under every [Plan] (forward passes where it has no head),
/// and texts continued by it under every [InferencePlan] where it is a decoder.
public final class Verifier {
    /// Catalogue models that together have every operator that is executed.
    public static final List<String> MODELS = List.of(
            "gpt2",
            "bloom-560m",
            "llama-3.1-8b",
            "qwen3-8b",
            "gemma-2-9b",
            "gpt-oss-20b",
            "mixtral-8x7b",
            "deepseek-v3",
            "bert-base");

    private static final int SEQUENCES = 2;
    private static final int TOKENS = 16;
    /// Of the memory there is, what is left for scratch and the JVM itself.
    private static final double SPARE = 0.4;

    private final int threads;
    private final long memory;

    /// @param memory bytes that may be used in all
    /// @throws InputException for less than one thread
    public Verifier(int threads, long memory) {
        if (threads < 1) {
            throw InputException.usage(
                    "--threads: found " + threads + ", expected at least 1", "Leave it out for as many as CPUs.");
        }
        this.threads = threads;
        this.memory = memory;
    }

    /// The model scaled down ([Shrinking]).
    ///
    /// @throws InputException naming an operator that is not executed yet
    public List<Verified> shrunk(String name, Transformer transformer) {
        Shrunk small = Shrinking.of(transformer);
        return verify(
                name,
                small.transformer(),
                Math.toIntExact(small.sizes().batch()),
                Math.toIntExact(small.sizes().sequence()));
    }

    /// The model as it is.
    ///
    /// @throws InputException naming an operator that is not executed yet; and before anything is executed, where it
    ///     needs more memory than there is
    public List<Verified> whole(String name, Transformer transformer) {
        long positions = transformer.maxPositions().orElse(TOKENS);
        return verify(name, transformer, SEQUENCES, (int) Math.min(TOKENS, positions));
    }

    private List<Verified> verify(String name, Transformer transformer, int sequences, int tokens) {
        requireExecuted(name, transformer);
        List<TrainingQuestion> trainings = trainings(name, transformer, sequences, tokens);
        trainings.forEach(this::requireMemory);
        List<InferenceQuestion> inferences = inferences(name, transformer, tokens);
        List<Verified> runs = new ArrayList<>();
        try (Workers workers = new Workers(threads)) {
            for (int i = 0; i < trainings.size(); i++) {
                runs.add(verified(Plan.of(transformer).get(i), trainings.get(i), workers));
            }
            for (InferenceQuestion question : inferences) {
                List<Compared> rows = compared(question, Kernels.best(), workers);
                runs.add(new Verified(name, question.plan().words(), rows, OptionalDouble.empty()));
            }
        }
        return runs;
    }

    private static Verified verified(Plan plan, TrainingQuestion question, Workers workers) {
        TrainingMeasurement.Measured measured = TrainingMeasurement.of(question, Kernels.best(), workers);
        MicroBatch batch = new MicroBatch(question.sequences(), question.tokens());
        Bytes least = CompulsoryTraffic.of(question.program(), batch).total();
        return new Verified(
                question.model(),
                plan.words(),
                Figures.compare(TrainingPrediction.of(question), measured.figures()),
                OptionalDouble.of((double) measured.touchedBytes() / least.count()));
    }

    /// Parts that a checkpoint may lack are not run.
    private static void requireExecuted(String name, Transformer transformer) {
        transformer.parts().stream()
                .filter(part -> !part.isOptional())
                .flatMap(part -> part.runs().stream())
                .flatMap(run -> run.block().operators().stream())
                .forEach(operator -> Executed.require(name, operator));
    }

    static List<TrainingQuestion> trainings(String name, Transformer transformer, int sequences, int tokens) {
        return Plan.of(transformer).stream()
                .map(plan -> new TrainingQuestion(
                        name, transformer, plan.execution(), plan.adaptation(), plan.optimizer(), sequences, tokens))
                .toList();
    }

    /// @throws InputException where the model is a decoder of something that is not executed
    static List<InferenceQuestion> inferences(String name, Transformer transformer, int tokens) {
        if (!TextStack.of(transformer).continuesTexts()) {
            return List.of();
        }
        // Refused before anything is executed.
        InferenceProgram.of(transformer);
        return InferencePlan.all().stream()
                .map(plan -> InferenceQuestion.of(name, transformer, plan, tokens))
                .toList();
    }

    static List<Compared> compared(TrainingQuestion question, Kernels kernels, Workers workers) {
        Figures predicted = TrainingPrediction.of(question);
        return Figures.compare(
                predicted, TrainingMeasurement.of(question, kernels, workers).figures());
    }

    static List<Compared> compared(InferenceQuestion question, Kernels kernels, Workers workers) {
        InferenceMeasurement.Measured measured = InferenceMeasurement.of(question, kernels, workers);
        return Figures.compare(InferencePrediction.of(question, measured.routed()), measured.figures());
    }

    private void requireMemory(TrainingQuestion question) {
        TrainingProgram program = question.program();
        MicroBatch batch = new MicroBatch(question.sequences(), question.tokens());
        TrainingStates states = TrainingStates.of(program, question.optimizer());
        Bytes needed = MemoryTimeline.of(program, states, batch).peak().held();
        if (needed.count() > memory * (1 - SPARE)) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    question.model() + ": a training step needs " + needed + ", expected at most "
                            + (int) (100 * (1 - SPARE)) + " % of the " + new Bytes(memory)
                            + " that this process may use",
                    "Scale the model down with --shrink.");
        }
    }
}
