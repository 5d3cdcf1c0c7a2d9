package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--fail-on`: a build fails with its own exit code, and only for a quantity that there is.
class GateTest {
    /// LLaMA-2 7B has 6,738,415,616 parameters, 13,476,831,232 B of weights in f16.
    @ParameterizedTest
    @ValueSource(
            strings = {
                ".parameters.total > 6B",
                "parameters.total > 6B",
                ".parameters.total>6.7e9",
                ".parameters.total >= 6738415616",
                ".parameters.total == 6,738,415,616",
                ".parameters.total != 1",
                ".weights.bytes > 13GB",
                ".weights.bytes > 12.5GiB",
                ".weights.bytes < 1e12",
                ".weights.bytes <= 13476831232",
                ".parameters.blocks[1].count == 32",
                ".parameters.corrections > -1"
            })
    void aConditionThatHoldsFailsTheBuild(String gate) {
        Run run = Run.of("model", "llama-2-7b", "-o", "json", "--fail-on", gate);
        assertThat(run.exitCode()).as("%s", run).isEqualTo(3);
        assertThat(run.err()).startsWith("gate: .").hasLineCount(1);
        assertThat(run.tree().at("/parameters/total").asLong())
                .as("the answer is printed all the same")
                .isEqualTo(6_738_415_616L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".parameters.total > 8B",
                ".weights.bytes > 80GB",
                ".weights.bytes > 13GiB",
                ".weights.bytes > 1.5T",
                ".weights.bytes > 14kMB"
            })
    void aConditionThatDoesNotHoldLetsTheBuildPass(String gate) {
        Run run = Run.of("model", "llama-2-7b", "--fail-on", gate);
        if (gate.endsWith("kMB")) {
            run.refused(2);
        } else {
            assertThat(run.answered().err()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".parameters.total",
                ".parameters.total >",
                "> 5",
                ".parameters.total > 5 6",
                ".parameters.total = 5",
                ".parameters.total > many",
                ".parameters.total > NaN",
                ".parameters.total > Infinity",
                ".parameters.total > 1e999",
                ".parameters.total > B",
                ".model.name > 5",
                ".weights > 5",
                ".parameters.stored > 5"
            })
    void whatIsNoConditionOnANumberIsRefused(String gate) {
        Run run = Run.of("model", "llama-2-7b", "-o", "json", "--fail-on", gate);
        assertThat(run.refused(2).cause()).contains("--fail-on");
        assertThat(run.tree().at("/error/exitCode").asInt()).isEqualTo(2);
    }

    @Test
    void anUnknownQuantityIsRefusedWithTheNearest() {
        assertThat(Run.of("kv", "gpt2", "--fail-on", ".keyValueCache.byte > 1GiB").refused(2).remedy())
                .contains(".keyValueCache.bytes");
    }

    @Test
    void everyGateOfSeveralIsSaid() {
        Run run = Run.of("kv", "gpt2", "--fail-on", ".keyValueCache.tokens > 1", "--fail-on",
                ".keyValueCache.sequences > 0");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).hasLineCount(2);
    }

    @Test
    void oneOfSeveralModelsIsAskedByItsPlace() {
        String[] models = {"model", "gpt2", "llama-2-7b", "--fail-on", ".[1].parameters.total > 6B"};
        assertThat(Run.of(models).exitCode()).isEqualTo(3);
        models[4] = "[0].parameters.total > 6B";
        assertThat(Run.of(models).exitCode()).isZero();
        models[4] = ".parameters.total > 6B";
        assertThat(Run.of(models).refused(2).remedy()).contains("[0].parameters.total");
    }

    @Test
    void aBrokenGateIsRefusedBeforeAnythingIsRead() {
        assertThat(Run.of("model", "no/such/config.json", "--fail-on", "x").refused(2).cause()).contains("--fail-on");
    }
}
