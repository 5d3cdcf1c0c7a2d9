package dev.plimsoll.verification;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.model.rewrite.Shrinking;
import dev.plimsoll.model.rewrite.Shrunk;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Everything that is predicted, executed and compared in this module's tests.
final class VerifiedQuestions {
    private static final int TRAININGS = 30;
    private static final int INFERENCES = 20;

    private VerifiedQuestions() {}

    /// Of the generators of random questions.
    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    /// The specification for every other seed.
    static Kernels kernels(long seed) {
        return seed % 2 == 0 ? new ScalarKernels() : Kernels.best();
    }

    static List<TrainingQuestion> trainings(RandomQuestions questions) {
        return IntStream.range(0, TRAININGS)
                .mapToObj(number -> questions.training())
                .toList();
    }

    /// To be drawn behind the trainings of the same generator.
    static List<InferenceQuestion> inferences(RandomQuestions questions) {
        return IntStream.range(0, INFERENCES)
                .mapToObj(number -> questions.inference())
                .toList();
    }

    /// What `plimsoll verify` trains.
    static List<TrainingQuestion> trainings(String model) {
        Shrunk small = Shrinking.of(Models.read(model));
        return Verifier.trainings(
                model,
                small.transformer(),
                Math.toIntExact(small.sizes().batch()),
                Math.toIntExact(small.sizes().sequence()));
    }

    /// What `plimsoll verify` continues texts with.
    static List<InferenceQuestion> inferences(String model) {
        Shrunk small = Shrinking.of(Models.read(model));
        return Verifier.inferences(
                model, small.transformer(), Math.toIntExact(small.sizes().sequence()));
    }
}
