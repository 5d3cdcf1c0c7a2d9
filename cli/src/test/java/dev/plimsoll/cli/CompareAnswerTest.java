package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `plimsoll compare`: the same quantities side by side.
class CompareAnswerTest {
    private static JsonNode row(JsonNode answer, String quantity) {
        for (JsonNode row : answer.get("comparison")) {
            if (row.get("quantity").asString().equals(quantity)) {
                return row;
            }
        }
        throw new AssertionError("no row " + quantity + " in " + answer);
    }

    @Test
    void everyQuantityHasItsValuesDifferencesAndRatios() {
        JsonNode answer = Run.json("compare", "llama-2-7b", "llama-3.1-8b", "llama-2-70b");
        assertThat(answer.get("models")).hasSize(3);
        assertThat(answer.at("/models/1").asString()).isEqualTo("Llama-3.1-8B");
        JsonNode total = row(answer, ".parameters.total");
        assertThat(total.get("values").toString()).isEqualTo("[6738415616,8030261248,68976648192]");
        assertThat(total.at("/differences/1").asLong()).isEqualTo(8_030_261_248L - 6_738_415_616L);
        assertThat(total.at("/ratios/0").asDouble()).isEqualTo(1);
        JsonNode cache = row(answer, ".keyValueCache.bytesPerToken");
        assertThat(cache.at("/ratios/1").asDouble()).isEqualTo(131_072.0 / 524_288);
        assertThat(row(answer, ".flops.perToken").get("values")).hasSize(3);
    }

    @Test
    void aRatioToNothingIsNull() {
        JsonNode cache = row(Run.json("compare", "bert-base", "gpt2"), ".keyValueCache.bytesPerToken");
        assertThat(cache.at("/values/0").asLong()).isZero();
        assertThat(cache.at("/differences/1").asLong()).isEqualTo(2 * 12 * 12 * 64 * 2);
        assertThat(cache.at("/ratios/1").isNull()).isTrue();
    }

    @Test
    void theFirstModelIsTheOneOthersAreComparedWith() {
        JsonNode answer = Run.json("compare", "llama-2-7b", "gpt2");
        assertThat(answer.at("/model/name").asString()).isEqualTo("Llama-2-7b-hf");
        assertThat(answer.at("/model/architecture").asString()).isEqualTo("llama");
        assertThat(answer.get("explanations")).isEmpty();
    }

    @Test
    void everyModelsNumbersAreExplainedUnderItsName() {
        JsonNode lines = Run.json("compare", "llama-2-7b", "gpt2", "--explain").get("explanations");
        assertThat(lines.at("/0/topic").asString()).isEqualTo("Llama-2-7b-hf: parameters");
        assertThat(lines.at("/0/value").asLong()).isEqualTo(6_738_415_616L);
        assertThat(lines.findValuesAsString("topic")).contains("GPT-2: parameters", "GPT-2: KV cache");
        assertThat(Run.of("compare", "llama-2-7b", "gpt2", "--explain")
                        .answered()
                        .out())
                .contains("Llama-2-7b-hf: how the numbers come about", "GPT-2: how the numbers come about");
    }

    @Test
    void oneModelAloneIsNoComparison() {
        Run.of("compare", "gpt2").refused(2);
    }

    @Test
    void theTableHasAColumnForEachModel() {
        String table =
                Run.of("compare", "llama-2-7b", "llama-3.1-8b").answered().out();
        assertThat(table.lines().findFirst().orElseThrow()).contains("Llama-2-7b-hf", "Llama-3.1-8B", "ratio");
        assertThat(table).containsPattern("\\.keyValueCache\\.bytesPerToken +524,288 +131,072 +0\\.250");
    }
}
