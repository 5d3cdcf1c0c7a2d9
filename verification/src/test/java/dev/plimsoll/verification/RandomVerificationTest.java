package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.kernel.Workers;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random models and ways to run them; a failure names seed and number.
class RandomVerificationTest {
    static LongStream seeds() {
        return VerifiedQuestions.seeds();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomModelsDoWhatWasPredicted(long seed) {
        RandomQuestions questions = new RandomQuestions(seed);
        try (Workers workers = new Workers(2)) {
            int number = 0;
            for (TrainingQuestion question : VerifiedQuestions.trainings(questions)) {
                require(
                        seed,
                        number++,
                        question,
                        Verifier.compared(question, VerifiedQuestions.kernels(seed), workers));
            }
            for (InferenceQuestion question : VerifiedQuestions.inferences(questions)) {
                require(
                        seed,
                        number++,
                        question,
                        Verifier.compared(question, VerifiedQuestions.kernels(seed), workers));
            }
        }
    }

    private static void require(long seed, int number, Record question, List<Compared> rows) {
        assertThat(rows).hasSizeGreaterThan(10);
        assertThat(rows.stream().filter(row -> !row.isExact()))
                .as("seed %d, number %d: %s", seed, number, question)
                .isEmpty();
    }
}
