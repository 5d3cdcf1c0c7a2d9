package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What is solved for fits, and a page more does not: on random questions, by asking again.
class FitSolvedTest {
    private static final long SEED = 20_261_124;
    private static final int QUESTIONS = 40;
    private static final List<String> MODELS =
            List.of("llama-3.1-8b", "gemma-3-12b", "gpt-oss-20b", "qwen3-32b", "mistral-7b", "falcon-7b", "glm-4-9b");
    private static final List<String> DEVICES = List.of("rtx-4090", "l40s", "h100", "a100-40g", "rtx-3090");
    private static final List<String> ENGINES = List.of("vllm", "trtllm", "sglang", "llamacpp", "ideal");

    private final Random random = new Random(SEED);

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private List<String> question() {
        String engine = one(ENGINES);
        List<String> words = new ArrayList<>(List.of("fit", one(MODELS), "--gpu", one(DEVICES), "--engine", engine));
        if (random.nextBoolean()) {
            words.addAll(List.of("--kv-cache-dtype", engine.equals("llamacpp") ? "q8_0" : "fp8"));
        }
        if (random.nextBoolean() && !engine.equals("llamacpp")) {
            words.addAll(List.of("--pp", "2"));
        }
        if (random.nextBoolean()) {
            words.addAll(List.of("--dtype", "fp8"));
        }
        return words;
    }

    private static JsonNode ask(List<String> question, String... more) {
        List<String> words = new ArrayList<>(question);
        words.addAll(List.of(more));
        return Run.json(words.toArray(String[]::new));
    }

    @Test
    void thePageAfterTheLongestDoesNotFit() {
        int limitedByMemory = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            List<String> question = question();
            String sequences = Integer.toString(1 + random.nextInt(20));
            JsonNode solved = ask(question, "--max-num-seqs", sequences, "--solve", "max-model-len");
            boolean byMemory = solved.at("/solved/binding").asString().startsWith("memory of");
            if (!byMemory) {
                continue;
            }
            limitedByMemory++;
            long value = solved.at("/solved/value").asLong();
            long page = solved.at("/keyValueCache/blockSize").asLong();
            String as = "seed " + SEED + ": " + question + " with " + sequences;
            assertThat(value % page).as(as).isZero();
            assertThat(fits(question, sequences, value)).as(as).isEqualTo("fits");
            assertThat(fits(question, sequences, value + page)).as(as).isIn("does-not-fit", "invalid");
        }
        assertThat(limitedByMemory).as("questions that memory decided").isGreaterThan(QUESTIONS / 4);
    }

    private static String fits(List<String> question, String sequences, long tokens) {
        return ask(question, "--max-num-seqs", sequences, "--max-model-len", Long.toString(tokens))
                .get("feasibility")
                .asString();
    }

    @Test
    void oneSequenceMoreDoesNotFit() {
        for (int i = 0; i < QUESTIONS; i++) {
            List<String> question = question();
            String tokens = Integer.toString(1 + random.nextInt(4_096));
            JsonNode solved = ask(question, "--max-model-len", tokens, "--solve", "max-num-seqs");
            if (solved.at("/solved/value").isNull()) {
                continue;
            }
            long value = solved.at("/solved/value").asLong();
            String as = "seed " + SEED + ": " + question + " of " + tokens;
            assertThat(fits(question, Long.toString(value), Long.parseLong(tokens)))
                    .as(as)
                    .isEqualTo("fits");
            assertThat(fits(question, Long.toString(value + 1), Long.parseLong(tokens)))
                    .as(as)
                    .isEqualTo("does-not-fit");
        }
    }

    /// Each suggestion, pasted behind the question, makes it fit.
    @Test
    void everySuggestionFits() {
        int tried = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            List<String> question = question().subList(0, 6);
            for (JsonNode suggestion : ask(question).get("try")) {
                tried++;
                String[] more = suggestion.asString().split(" ", -1);
                assertThat(ask(question, more).get("feasibility").asString())
                        .as("seed %d: %s %s", SEED, question, suggestion)
                        .isEqualTo("fits");
            }
        }
        assertThat(tried).isGreaterThan(QUESTIONS / 2);
    }
}
