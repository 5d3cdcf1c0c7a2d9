package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.plimsoll.planner.result.Arithmetic;
import dev.plimsoll.report.explain.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll explain`: every topic of the contract, each line of it arithmetic.
class ExplainAnswerTest {
    @Test
    void theTopicsOfTheContractAreThere() {
        assertThat(Topic.words())
                .containsAll(List.of(
                        "data-types",
                        "units",
                        "layers",
                        "parameters",
                        "heads",
                        "matmul",
                        "flops",
                        "kv",
                        "optimizer",
                        "training-vs-inference"));
        JsonNode topics = Run.json("explain").get("topics");
        assertThat(topics).hasSize(Topic.words().size());
    }

    @ParameterizedTest
    @EnumSource
    void everyTopicIsTextAndArithmeticForModelsOfAllKinds(Topic topic) {
        for (String model : List.of("llama-2-70b", "deepseek-v3", "mamba-2.8b", "t5-base", "bert-base")) {
            JsonNode answer = Run.json("explain", topic.word(), model);
            assertThat(answer.get("topic").asString()).isEqualTo(topic.word());
            assertThat(answer.get("text")).isNotEmpty();
            for (JsonNode line : answer.get("explanations")) {
                double evaluated =
                        Arithmetic.evaluate(line.get("substituted").asString()).doubleValue();
                assertThat(line.get("value").asDouble())
                        .as("%s of %s: %s; quotients are rounded at the 16th digit", topic, model, line)
                        .isCloseTo(evaluated, withinPercentage(1e-13));
            }
        }
    }

    @Test
    void theCacheIsWorkedOutAsInTheContract() {
        JsonNode line =
                Run.json("explain", "kv", "llama-2-70b", "--tokens", "4096").at("/explanations/0");
        assertThat(line.get("substituted").asString()).isEqualTo("2 x 80 x 8 x 128 x 2 x 4096 x 1");
        assertThat(line.get("value").asLong()).isEqualTo(1_342_177_280L);
    }

    /// 2 x 10^12 x 8,192 x 28,672 passes 2^63; the gate of the feed-forward network is the widest linear map.
    @Test
    void aProductOfMoreFlopsThan63BitsHoldIsStillRight() {
        JsonNode line =
                Run.json("explain", "matmul", "llama-2-70b", "--tokens", "1T").at("/explanations/3");
        assertThat(line.get("topic").asString()).isEqualTo("feed_forward.gate, 1000000000000 tokens");
        assertThat(line.get("value").asDouble()).isEqualTo(2e12 * 8192 * 28_672);
    }

    @Test
    void theLettersOfATextbookFormulaAreNotTakenForAxes() {
        assertThat(Run.of("explain", "optimizer", "llama-2-70b").out()).contains("where N parameters\n");
        assertThat(Run.of("explain", "flops", "llama-2-70b").out().replaceAll("\\s+", " "))
                .contains("N parameters, D tokens");
        assertThat(Run.of("explain", "parameters", "llama-2-70b").out()).contains("l layers");
        assertThat(Run.of("explain", "matmul", "llama-2-70b").out()).doesNotContain("where ");
    }

    @Test
    void withoutAModelANamedOneIsWorkedOn() {
        assertThat(Run.json("explain", "heads").at("/model/name").asString()).isEqualTo("Llama-2-70B");
    }
}
