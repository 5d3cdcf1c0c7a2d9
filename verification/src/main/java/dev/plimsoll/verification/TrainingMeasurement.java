package dev.plimsoll.verification;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.AllocatedTensor;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.Evaluator;
import dev.plimsoll.engine.training.Observation;
import dev.plimsoll.engine.training.OperatorWork;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.engine.training.Trainer;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.Random;

/// What the engine does in a training step, or a forward pass alone, with random parameters on random tokens; released
/// tensors are poisoned.
final class TrainingMeasurement {
    private static final long SEED = 20_261_123;

    private TrainingMeasurement() {}

    /// @param touchedBytes of tensors, read and written by all operators
    record Measured(Figures figures, long touchedBytes) {}

    static Measured of(TrainingQuestion question, Kernels kernels, Workers workers) {
        return of(question, question.program(), kernels, workers);
    }

    /// @param program the question's, or one with a mistake planted in it
    static Measured of(TrainingQuestion question, TrainingProgram program, Kernels kernels, Workers workers) {
        Memory memory = new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.POISON);
        Machine machine = Machine.of(kernels, workers, Meter.counting(workers.count()), memory);
        RandomParameters parameters = new RandomParameters(SEED);
        return switch (program.execution().trained()) {
            case NOTHING -> {
                try (Evaluator evaluator = Evaluator.start(question.model(), program, parameters, machine)) {
                    evaluator.run(batch(question));
                    yield measured(question, evaluator.observation());
                }
            }
            case EVERYTHING, ADAPTERS -> {
                try (Trainer trainer =
                        Trainer.start(question.model(), program, question.optimizer(), parameters, machine, SEED)) {
                    trainer.step(batch(question));
                    yield measured(question, trainer.observation());
                }
            }
        };
    }

    private static Measured measured(TrainingQuestion question, Observation seen) {
        long touched = seen.works().stream()
                .mapToLong(work -> work.counts().bytesRead() + work.counts().bytesWritten())
                .sum();
        return new Measured(figures(question, seen), touched);
    }

    private static Figures figures(TrainingQuestion question, Observation seen) {
        Figures figures = new Figures();
        for (AllocatedTensor tensor : seen.states()) {
            if (tensor.category() == Category.PARAMETER) {
                figures.put(
                        "parameter " + tensor.name(),
                        tensor.bytes().count() / tensor.dataType().blockBytes());
            }
        }
        figures.put("weights", StateBytes.of(seen, Category.PARAMETER, ""));
        figures.put("master weights", StateBytes.of(seen, Category.OPTIMIZER_STATE, ".master"));
        figures.put("gradients", StateBytes.of(seen, Category.GRADIENT, ".gradient"));
        figures.put("gradient copy", StateBytes.of(seen, Category.GRADIENT, ".gradient_copy"));
        long states = StateBytes.of(seen, Category.OPTIMIZER_STATE, "")
                - StateBytes.of(seen, Category.OPTIMIZER_STATE, ".master");
        figures.put("optimizer states", states);
        for (OperatorWork work : seen.works()) {
            String moment = work.moment();
            figures.put("multiply-adds " + moment, work.counts().logicalMultiplyAdds());
            if (question.isAttention(work.operator())) {
                figures.put("executed " + moment, work.counts().executedMultiplyAdds());
            }
        }
        for (AllocatedTensor tensor : seen.allocated()) {
            if (tensor.category() == Category.SAVED_ACTIVATION) {
                figures.put("kept " + tensor.name(), tensor.bytes().count());
            }
        }
        for (String name : seen.neverRead()) {
            figures.put("kept and never read: " + name, 1);
        }
        figures.put("peak at " + seen.peak().moment(), seen.peak().bytes().count());
        return figures;
    }

    private static Batch batch(TrainingQuestion question) {
        Random random = new Random(SEED);
        TextStack stack = TextStack.of(question.transformer());
        int[][] tokens = new int[question.sequences()][];
        int[][] targets = new int[question.sequences()][];
        for (int sequence = 0; sequence < question.sequences(); sequence++) {
            tokens[sequence] = stack.tokens(random, question.tokens());
            targets[sequence] = stack.tokens(random, question.tokens());
        }
        return Batch.of(tokens, targets);
    }
}
