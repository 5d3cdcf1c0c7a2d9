package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of parallelism, alone and with others: what each device holds and sends is predicted, and what they find
/// together is what one device finds.
@Timeout(120)
class DistributedVerificationTest {
    static Stream<DistributedQuestions.Named> splits() {
        return DistributedQuestions.named().stream();
    }

    static LongStream seeds() {
        return DistributedQuestions.seeds();
    }

    @ParameterizedTest
    @MethodSource("splits")
    void everyDeviceHoldsAndSendsWhatWasPredicted(DistributedQuestions.Named named) {
        for (DistributedQuestion question : named.questions()) {
            requireExact(question, DistributedVerifier.compared(question, Kernels.best()));
        }
    }

    @Test
    void theSpecificationOfTheKernelsDoesTheSame() {
        for (DistributedQuestion question :
                DistributedQuestions.named().getFirst().questions()) {
            requireExact(question, DistributedVerifier.compared(question, new ScalarKernels()));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomSplitsHoldAndSendWhatWasPredicted(long seed) {
        for (DistributedQuestion question : DistributedQuestions.random(seed)) {
            requireExact(question, DistributedVerifier.compared(question, DistributedQuestions.kernels(seed)));
        }
    }

    private static void requireExact(DistributedQuestion question, List<Compared> rows) {
        assertThat(rows).hasSizeGreaterThan(10);
        assertThat(rows.stream().filter(row -> !row.isExact()))
                .as(
                        "%s, %s, %s, %s",
                        question.model(), question.plan().words(), question.parallelism(), question.batch())
                .isEmpty();
    }
}
