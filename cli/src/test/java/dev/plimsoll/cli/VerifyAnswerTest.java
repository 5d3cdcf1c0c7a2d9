package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.report.answer.VerificationAnswer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `plimsoll verify`: predicted beside executed.
class VerifyAnswerTest {
    @Test
    void aShrunkModelIsComparedFigureByFigure() {
        JsonNode verification =
                Run.json("verify", "qwen3-0.6b", "--shrink", "--threads", "1").get("verification");
        assertThat(verification.get("compared").asLong())
                .isEqualTo(verification.get("exact").asLong())
                .isEqualTo(verification.get("rows").size());
        assertThat(verification.get("rows")).anySatisfy(row -> {
            assertThat(row.get("name").asString()).isEqualTo("multiply-adds text.1 gradient attention.core");
            assertThat(row.get("predicted").asLong())
                    .isPositive()
                    .isEqualTo(row.get("measured").asLong());
        });
    }

    @Test
    void theTableEndsWithTheResult() {
        Run run = Run.of("verify", "gpt2", "--shrink").answered();
        assertThat(run.out().lines().toList().getLast()).matches("RESULT ([0-9,]+)/\\1 exact");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void virtualDevicesAreComparedOneByOne() {
        JsonNode verification = Run.json(
                        "verify", "llama-3.1-8b", "--shrink", "--tp", "2", "--pp", "2", "--dp", "2", "--zero", "1")
                .get("verification");
        assertThat(verification.get("compared").asLong())
                .isEqualTo(verification.get("exact").asLong());
        assertThat(verification.get("rows"))
                .anySatisfy(
                        row -> assertThat(row.get("name").asString()).isEqualTo("device 7 sent reduce-scatter data"))
                .anySatisfy(row -> assertThat(row.get("name").asString())
                        .isEqualTo("further than 1e-5 from one device's: gradients"));
    }

    @Test
    void degreesThatDoNotFitAreRefusedTogether() {
        assertThat(Run.of("verify", "gpt2", "--tp", "5", "--pp", "7", "--ep", "2")
                        .refused(2)
                        .cause())
                .contains(
                        "12 query heads cannot be divided by tensor parallelism of 5",
                        "no experts to be dealt out to 2 devices",
                        "12 layers cannot stand evenly on 7 stages");
        assertThat(Run.of("verify", "gpt2", "--shrink", "--tp", "0", "--dp", "999")
                        .refused(2)
                        .cause())
                .contains("--tp 0", "--dp 999");
        assertThat(Run.of("verify", "gpt2", "--dp", "2", "--global-batch-size", "3")
                        .refused(2)
                        .cause())
                .contains("--global-batch-size: found 3, expected a multiple of 2");
        assertThat(Run.of("verify", "gpt2", "--pp", "2", "--schedule", "dualpipe")
                        .refused(2)
                        .cause())
                .contains("--schedule: found 'dualpipe', expected 1f1b, gpipe or zero-bubble");
    }

    @Test
    void devicesThatDoNotFitInThisProcessAreRefused() {
        assertThat(Run.of("verify", "llama-3.1-405b", "--dp", "8").refused(5).cause())
                .contains("the devices together hold states of");
    }

    @Test
    void aDifferenceIsShownAndFails() {
        VerificationAnswer.Row wrong =
                new VerificationAnswer.Row("weights", OptionalLong.of(1234), OptionalLong.of(1236));
        VerificationAnswer.Row right = new VerificationAnswer.Row("gradients", OptionalLong.of(7), OptionalLong.of(7));
        VerificationAnswer.Row missing = new VerificationAnswer.Row("states", OptionalLong.empty(), OptionalLong.of(9));
        VerificationAnswer answer = new VerificationAnswer(List.of(
                new VerificationAnswer.Run("tiny", "f32", List.of(wrong, right, missing), OptionalDouble.of(1.5))));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code = new VerifyCommand(new Console(print, print)).print(answer, List.of());
        assertThat(code).isEqualTo(3);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("tiny weights +1,234 +1,236")
                .containsPattern("tiny states +none +9")
                .doesNotContain("gradients")
                .contains("1.50 x", "RESULT 1/3 exact");
    }

    @Test
    void whatIsNotExecutedYetIsNamed() {
        Run.Refusal refusal = Run.of("verify", "mamba-2.8b", "--shrink").refused(4);
        assertThat(refusal.cause()).contains("mamba", "recurrence", "not executed yet");
    }

    @Test
    void aModelThatDoesNotFitIsRefusedBeforeItIsExecuted() {
        Run.Refusal refusal = Run.of("verify", "llama-3.1-405b").refused(5);
        assertThat(refusal.cause()).contains("a training step needs", "iB");
        assertThat(refusal.remedy()).contains("--shrink");
    }

    @Test
    void lessThanOneThreadIsRefused() {
        assertThat(Run.of("verify", "gpt2", "--shrink", "--threads", "0")
                        .refused(2)
                        .cause())
                .contains("--threads: found 0");
    }
}
