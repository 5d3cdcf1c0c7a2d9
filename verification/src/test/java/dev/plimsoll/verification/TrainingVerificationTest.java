package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingVerificationTest {
    static List<String> models() {
        return Verifier.MODELS;
    }

    /// Every figure of every plan.
    @ParameterizedTest
    @MethodSource("models")
    void aShrunkModelDoesWhatWasPredicted(String name) {
        for (Verified run : new Verifier(2, Long.MAX_VALUE).shrunk(name, Models.read(name))) {
            assertThat(run.differences()).as(run.what()).isEmpty();
            assertThat(run.rows()).hasSizeGreaterThan(100);
        }
    }

    /// Seeds of 40 models each; the message names seed and number.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomModelsDoWhatWasPredicted(long seed) {
        RandomQuestions questions = new RandomQuestions(seed);
        try (Workers workers = new Workers(2)) {
            for (int number = 0; number < 40; number++) {
                TrainingQuestion question = questions.next();
                Figures measured = TrainingMeasurement.of(question, Kernels.best(), workers);
                List<Compared> rows = Figures.compare(TrainingPrediction.of(question), measured);
                assertThat(rows.stream().filter(row -> !row.isExact()))
                        .as("seed %d, number %d: %s", seed, number, question)
                        .isEmpty();
            }
        }
    }
}
