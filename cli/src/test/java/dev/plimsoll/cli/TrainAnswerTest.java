package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.plimsoll.planner.result.Arithmetic;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll train`: the figures hang together, and each can be redone from its formula.
class TrainAnswerTest {
    private static final String[] GPT_3 = {
        "train",
        "gpt3-175b",
        "--gpu",
        "a100-80g:1024",
        "--tp",
        "8",
        "--pp",
        "8",
        "--global-batch-size",
        "1536",
        "--seq-length",
        "2048",
        "--recompute",
        "full",
        "--tokens",
        "300B"
    };

    private static JsonNode json(String line) {
        return Run.json(line.split(" "));
    }

    @Test
    void theWorstStageIsTheOneThatAllocatesMost() {
        JsonNode memory = Run.json(GPT_3).get("memory");
        long worst = 0;
        for (JsonNode stage : memory.get("stages")) {
            worst = Math.max(worst, stage.get("peakAllocatedBytes").asLong());
            assertThat(stage.get("layers").asInt())
                    .as("96 layers over 8 stages")
                    .isEqualTo(12);
        }
        assertThat(memory.get("stages")).hasSize(8);
        assertThat(memory.get("peakAllocatedBytes").asLong()).isEqualTo(worst);
    }

    @Test
    void aDeviceHoldsTheSumOfItsLines() {
        for (JsonNode stage : Run.json(GPT_3).at("/memory/stages")) {
            long states = stage.get("weightBytes").asLong()
                    + stage.get("gradientBytes").asLong()
                    + stage.get("masterWeightBytes").asLong()
                    + stage.get("optimizerStateBytes").asLong();
            assertThat(stage.get("stateBytes").asLong()).isEqualTo(states);
            assertThat(stage.get("peakAllocatedBytes").asLong())
                    .isEqualTo(states
                            + stage.get("activationBytes").asLong()
                            + stage.get("logitBytes").asLong()
                            + stage.get("workingBytes").asLong()
                            + stage.get("bufferBytes").asLong());
            assertThat(stage.get("deviceBytes").asLong())
                    .isEqualTo(stage.get("peakReservedBytes").asLong()
                            + stage.get("contextBytes").asLong()
                            + stage.get("communicationBytes").asLong());
        }
    }

    /// Stage 0 keeps the inputs of 12 layers for the 8 micro-batches in flight: 2 bytes x 2048 / 8 tokens x 12,288, and the
    /// embedding's numbers of tokens beside them.
    @Test
    void fullRecomputationKeepsTheInputsOfLayers() {
        long inputs = 8L * 12 * 2 * (2048 / 8) * 12_288;
        assertThat(Run.json(GPT_3).at("/memory/activationBytes").asLong()).isBetween(inputs, inputs + (1 << 20));
    }

    @Test
    void aStepIsTheSumOfItsLinesAndUtilisationFollows() {
        JsonNode answer = Run.json(GPT_3);
        JsonNode step = answer.get("step");
        double sum = 0;
        for (JsonNode line : step.get("lines")) {
            sum += line.get("seconds").asDouble();
        }
        double seconds = step.get("seconds").asDouble();
        assertThat(seconds).isCloseTo(sum, withinPercentage(1e-9));
        assertThat(seconds)
                .isBetween(
                        step.get("secondsLow").asDouble(),
                        step.get("secondsHigh").asDouble());
        assertThat(step.get("tokensPerSecondPerDevice").asDouble())
                .isCloseTo(1536 * 2048 / seconds / 1024, withinPercentage(1e-9));
        assertThat(step.get("mfu").asDouble())
                .isCloseTo(step.get("modelFlopsPerSecondPerDevice").asDouble() / 312e12, withinPercentage(1e-9));
        assertThat(step.get("hfu").asDouble())
                .as("every layer is run again")
                .isGreaterThan(1.3 * step.get("mfu").asDouble());
        assertThat(step.get("bubble").asDouble())
                .as("about (p - 1) / (m + p - 1) = 7 / 103")
                .isCloseTo(7.0 / 103, within(0.02));
    }

    /// 300 x 10^9 tokens over 1536 x 2048 a step are 95,367.4 steps.
    @Test
    void theRunIsItsSteps() {
        JsonNode answer = Run.json(GPT_3);
        double seconds = answer.at("/step/seconds").asDouble();
        assertThat(answer.at("/run/steps").asLong()).isEqualTo(95_368);
        assertThat(answer.at("/run/days").asDouble()).isCloseTo(95_368 * seconds / 86_400, withinPercentage(1e-9));
        assertThat(answer.at("/run/deviceHours").asDouble())
                .isCloseTo(95_368 * seconds / 3600 * 1024, withinPercentage(1e-9));
        assertThat(answer.at("/run/cost").isNull()).isTrue();
    }

    @Test
    void moneyEnergyAndCarbonAreOneMultiplicationEach() {
        JsonNode run =
                json("train llama-3.1-8b --gpu h100:8 --tp 4 --global-batch-size 64 --steps 1000 --power 1000 --pue 1.2"
                                + " --carbon-intensity 400g --price-per-device-hour 2.5")
                        .get("run");
        double hours = run.get("deviceHours").asDouble();
        assertThat(run.get("cost").asDouble()).isCloseTo(2.5 * hours, withinPercentage(1e-9));
        assertThat(run.get("energyKilowattHours").asDouble()).isCloseTo(1.2 * hours, withinPercentage(1e-9));
        assertThat(run.get("carbonKilograms").asDouble()).isCloseTo(0.4 * 1.2 * hours, withinPercentage(1e-9));
    }

    /// Korthikanti et al. 2022, table 5: the 22B model on 8 devices takes 1.10 s a step of 4 sequences; its MFU is 41.5 %.
    @Test
    void aMeasuredStepGivesTheUtilisationThatWasPublished() {
        JsonNode step = json("train megatron-22b --gpu a100-80g:8 --tp 8 --micro-batch-size 4 --global-batch-size 4"
                        + " --seq-length 2048 --step-time 1.10s --convention korthikanti2022")
                .get("step");
        assertThat(step.get("mfu").asDouble()).isCloseTo(0.415, within(0.005));
        assertThat(step.get("basis").asString()).isEqualTo("measured");
        assertThat(step.get("provenance").asString()).isEqualTo("measured");
        assertThat(step.get("predictedSeconds").asDouble()).isGreaterThan(0).isNotEqualTo(1.10);
    }

    @Test
    void aThroughputIsAStepTimeSaidOtherwise() {
        String run =
                "train megatron-22b --gpu a100-80g:8 --tp 8 --micro-batch-size 4 --global-batch-size 4 --seq-length 2048 ";
        JsonNode timed = json(run + "--step-time 1.10s").get("step");
        double all = 4 * 2048 / 1.10;
        JsonNode rated = json(run + "--tokens-per-second " + all).get("step");
        JsonNode ofOne = json(run + "--tokens-per-second-per-device " + all / 8).get("step");
        JsonNode utilised = json(run + "--mfu " + timed.get("mfu").asDouble()).get("step");
        for (JsonNode other : List.of(rated, ofOne, utilised)) {
            assertThat(other.get("seconds").asDouble()).isCloseTo(1.10, withinPercentage(1e-9));
        }
    }

    @Test
    void withoutADeviceThereIsMemoryAndNoVerdict() {
        JsonNode answer = json("train llama-3.1-8b --tp 2 --seq-length 4096 --global-batch-size 8");
        assertThat(answer.get("feasibility").isNull()).isTrue();
        assertThat(answer.get("step").isNull()).isTrue();
        assertThat(answer.at("/memory/peakAllocatedBytes").asLong()).isPositive();
        assertThat(answer.at("/layout/devices").asLong()).isEqualTo(2);
    }

    @Test
    void dataParallelismIsWhatIsLeft() {
        JsonNode layout = json("train llama-3.1-8b --gpu h100x64 --tp 4 --pp 2 --global-batch-size 64")
                .get("layout");
        assertThat(layout.get("data").asInt()).as("64 / (4 x 2)").isEqualTo(8);
        assertThat(layout.get("microBatches").asInt()).isEqualTo(8);
    }

    @Test
    void whatDoesNotFitNamesWhatWasTriedAndWouldFit() {
        String run = "train llama-3.1-8b --gpu a100-40g:8 --global-batch-size 64 --seq-length 4096";
        JsonNode answer = json(run);
        assertThat(answer.get("feasibility").asString()).isEqualTo("does-not-fit");
        assertThat(answer.get("try")).isNotEmpty();
        for (JsonNode remedy : answer.get("try")) {
            assertThat(json(run + " " + remedy.asString()).get("feasibility").asString())
                    .as(remedy.asString())
                    .isEqualTo("fits");
        }
        assertThat(Run.of(run.split(" ")).answered().out()).contains("DOES NOT FIT");
    }

    @Test
    void aGateFailsWhenItDoesNotFit() {
        String run = "train llama-3.1-8b --gpu rtx-4090:1 --global-batch-size 1";
        assertThat(Run.of(run.split(" ")).exitCode()).isZero();
        assertThat(Run.of((run + " --fail-if-over-budget").split(" ")).exitCode())
                .isEqualTo(3);
        assertThat(Run.of("train", "llama-3.1-8b", "--fail-on", ".memory.peakAllocatedBytes > 80GB")
                        .exitCode())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train gpt3-175b --gpu a100-80g:64 --tp 8 --pp 8 --global-batch-size 64 --recompute full --tokens 1B",
                "train llama-3.1-70b --gpu h100:64 --tp 8 --pp 4 --vpp 5 --global-batch-size 64 --steps 10",
                "train deepseek-v3 --gpu h800:1024 --pp 1 --ep 64 --global-batch-size 2048 --precision fp8",
                "train llama-3.1-8b --gpu h100:8 --framework fsdp --global-batch-size 8",
                "train mixtral-8x7b --gpu h100:64 --tp 2 --ep 8 --global-batch-size 64 --zero 1",
                "train llama-3.1-8b --gpu a100-80g:1 --lora-rank 16 --frozen-dtype nf4 --global-batch-size 4",
                "train gpt2 --gpu v100:8 --framework deepspeed --zero 3 --offload optimizer --global-batch-size 8"
            })
    void everyLineOfAnExplanationIsArithmetic(String line) {
        JsonNode answer = json(line + " --explain");
        assertThat(answer.get("explanations")).hasSizeGreaterThan(8);
        for (JsonNode explanation : answer.get("explanations")) {
            double evaluated = Arithmetic.evaluate(
                            explanation.get("substituted").asString())
                    .doubleValue();
            assertThat(explanation.get("value").asDouble())
                    .as("%s: %s; quotients are rounded at the 16th digit", line, explanation)
                    .isCloseTo(evaluated, withinPercentage(1e-12));
        }
    }

    @Test
    void whatTheProfileSetsIsPrinted() {
        String page = Run.of("train", "llama-3.1-8b", "--framework", "nanotron", "--global-batch-size", "1")
                .answered()
                .out()
                .replaceAll("\\s+", " ");
        assertThat(page)
                .contains("profile nanotron sets")
                .contains("bytes a logit: 10")
                .contains("not counted:");
        assertThat(page).as("what was put in where nothing was said").contains("mixed-18");
        assertThat(Run.of("train", "llama-3.1-8b").answered().out()).contains("--global-batch-size 1 (one micro-batch");
    }

    @Test
    void severalKindsOfDeviceAreCompared() {
        String line = "train llama-3.1-8b --gpu h100:8,a100-80g:8 --tp 2 --global-batch-size 64";
        JsonNode answers = json(line);
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0).at("/layout/gpu").asString()).isEqualTo("h100");
        assertThat(answers.get(0).at("/step/seconds").asDouble())
                .isLessThan(answers.get(1).at("/step/seconds").asDouble());
        assertThat(Run.of(line.split(" ")).answered().out())
                .contains("8 x h100")
                .contains("8 x a100-80g");
    }

    @Test
    void namesOfOtherFrameworksMeanTheSame() {
        JsonNode own = json("train llama-3.1-8b --tp 2 --pp 2 --cp 2 --global-batch-size 8 --recompute full --zero 1");
        JsonNode megatron = json("train llama-3.1-8b --tensor-model-parallel-size 2 --pipeline-model-parallel-size 2"
                + " --context-parallel-size 2 --global-batch-size 8 --recompute-granularity full"
                + " --use-distributed-optimizer");
        assertThat(megatron.get("memory")).isEqualTo(own.get("memory"));
        assertThat(megatron.get("layout")).isEqualTo(own.get("layout"));
    }

    @Test
    void shapeFlagsStandInThePlaceOfAReference() {
        JsonNode answer =
                json("train --num-layers 48 --hidden-size 6144 --num-attention-heads 64 --tp 8 --gpu a100-80g:8"
                        + " --global-batch-size 4 --micro-batch-size 4 --seq-length 2048");
        assertThat(answer.at("/model/architecture").asString()).isEqualTo("megatron");
        assertThat(answer.get("flags").asString()).contains("--num-layers 48");
    }
}
