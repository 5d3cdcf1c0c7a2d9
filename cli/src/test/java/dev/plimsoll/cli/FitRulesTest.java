package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll fit` asked for what does not work.
class FitRulesTest {
    @Test
    void everyViolationIsNamedAtOnceWithWhatWouldWork() {
        JsonNode answer = Run.json(
                "fit",
                "llama-3.1-8b",
                "--gpu",
                "rtx-4090",
                "--tp",
                "3",
                "--kv-cache-dtype",
                "q8_0",
                "--max-model-len",
                "1M");
        assertThat(answer.get("feasibility").asString()).isEqualTo("invalid");
        assertThat(answer.get("memory").isNull()).isTrue();
        assertThat(answer.get("violations").size()).isEqualTo(3);
        assertThat(answer.at("/violations/0/cause").asString())
                .isEqualTo("--max-model-len is 1,000,000 and the model was made for 131,072 positions, which vllm does"
                        + " not exceed");
        assertThat(answer.at("/violations/1/remedy").asString()).contains("fp8");
        assertThat(answer.at("/violations/2/cause").asString()).contains("does not divide 32 query heads");
        assertThat(answer.at("/violations/2/remedy").asString()).isEqualTo("--tensor-parallel-size 1, 2, 4, 8, 16, 32");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--engine ollama | --engine: found 'ollama' | llamacpp",
                "--engine vllm@new | --engine: found 'vllm@new' | vllm",
                "--gpu h1000 | --gpu: found 'h1000' | h100",
                "--gpu rtx-4090:3 --tp 2 | --gpu: found 3 devices, expected 2 | multiple of 2",
                "--solve length | --solve: found 'length' | nearest",
                "--gpu-memory-utilization 1.5 | --gpu-memory-utilization: found '1.5' | 0.92",
                "--kv-cache-dtype q9_0 | data type: found 'q9_0' | nearest",
                "--tp 0 | --tensor-parallel-size: found '0' | Write",
                "--fail-on .memory.kv>1 | --fail-on: the answer has no number .memory.kv | .memory."
            })
    void misuseIsRefusedWithWhatWouldWork(String asked, String cause, String remedy) {
        boolean names = asked.contains("--gpu ");
        String[] words = ("fit llama-3.1-8b " + (names ? "" : "--gpu rtx-4090 ") + asked).split(" ", -1);
        Run.Refusal refusal = Run.of(words).refused(2);
        assertThat(refusal.cause()).contains(cause);
        assertThat(refusal.remedy()).contains(remedy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--pp 33 | --pipeline-parallel-size is 33 and the model has 32 layers",
                "--pp 2 --pipeline-layers 10,10 | --pipeline-layers names 2 stages of 20 layers",
                "--ep 2 | --expert-parallel-size is 2 and the model has no experts",
                "--gpu-layers 4 | --gpu-layers keeps layers on the host, which vllm does not",
                "--kv-cache-dtype fp8_ds_mla | --kv-cache-dtype is fp8_ds_mla, which holds latents",
                "--engine llamacpp --gpu-memory-utilization 0.5 | --gpu-memory-utilization is given, and llamacpp has no"
            })
    void whatTheEngineWouldRefuseIsInvalid(String asked, String cause) {
        String[] words = ("fit llama-3.1-8b --gpu rtx-4090 " + asked).split(" ", -1);
        JsonNode answer = Run.json(words);
        assertThat(answer.get("feasibility").asString()).isEqualTo("invalid");
        assertThat(answer.at("/violations/0/cause").asString()).contains(cause);
    }

    @Test
    void gatesFailBuilds() {
        assertThat(Run.of("fit", "llama-3.1-8b", "--gpu", "rtx-4090", "--fail-if-over-budget")
                        .exitCode())
                .isEqualTo(3);
        assertThat(Run.of("fit", "llama-3.1-8b", "--gpu", "h100", "--fail-if-over-budget")
                        .exitCode())
                .isZero();
        assertThat(Run.of("fit", "llama-3.1-8b", "--gpu", "h100", "--fail-on", ".memory.weightBytes > 10GiB")
                        .exitCode())
                .isEqualTo(3);
        assertThat(Run.of("fit", "llama-3.1-8b", "--gpu", "rtx-4090").exitCode())
                .as("that it does not fit is an answer")
                .isZero();
    }

    @Test
    void aDeviceIsAskedFor() {
        assertThat(Run.of("fit", "llama-3.1-8b").refused(2).cause()).contains("--gpu");
    }

    @Test
    void theVersionChoosesTheShare() {
        double share = Run.json("fit", "llama-3.1-8b", "--gpu", "h100", "--engine", "vllm@0.19")
                        .at("/memory/budgetBytes")
                        .asDouble()
                / Run.json("fit", "llama-3.1-8b", "--gpu", "h100")
                        .at("/memory/budgetBytes")
                        .asDouble();
        assertThat(share).isCloseTo(0.90 / 0.92, within(1e-9));
    }
}
