package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `plimsoll train` asked for what cannot be: exit code 2, what would work, and never a stack trace or a hang.
class TrainUsageTest {
    private static final String BASE = "train llama-3.1-8b --gpu h100:8 --global-batch-size 64 ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--gpu h1000:8 | h1000 | h100",
                "--framework megatrom | megatrom | megatron",
                "--optimizer adan | adan | adam",
                "--precision fp9 | fp9 | fp8",
                "--recompute ful | ful | full",
                "--schedule 1f2b | 1f2b | 1f1b",
                "--attention-kernel flask | flask | flash",
                "--offload disk | disk | none",
                "--search --objective speed | speed | memory",
                "--emit megatrn | megatrn | megatron",
                "--solve gpu | gpu | gpus",
                "--search --constraint tpp<=8 | tpp | tp",
                "--lora-rank 8 --lora-targets qproj | qproj | q_proj",
                "--convention korthikant | korthikant | korthikanti2022",
                "--cp-comm-type p2q | p2q | p2p",
                "--tpp 8 | --tpp | --tp"
            })
    void anUnknownWordIsRefusedWithTheNearest(String flags, String typed, String nearest) {
        String line = flags.contains("--gpu") ? BASE.replace("--gpu h100:8", "") : BASE;
        Run.Refusal refusal = Run.of((line + flags).split(" +")).refused(2);
        assertThat(refusal.cause()).contains(typed);
        assertThat(refusal.cause() + refusal.remedy()).contains(nearest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--tp 0",
                "--tp -1",
                "--tp 1.5",
                "--tp x",
                "--tp 1e12",
                "--tp 99999999999999999999",
                "--pp 9e18",
                "--tp 1000000 --pp 1000000",
                "--vpp 0",
                "--cp 3",
                "--ep 8",
                "--etp 0",
                "--dp 0",
                "--zero 4",
                "--zero -1",
                "--zero x",
                "--shards 3",
                "--pipeline-layers 1,2,3",
                "--pipeline-layers ,",
                "--pp 2 --pipeline-layers 16,15",
                "--pp 2 --pipeline-layers 40,-8",
                "--micro-batch-size 0",
                "--micro-batch-size 3",
                "--micro-batch-size 1e18",
                "--seq-length 0",
                "--seq-length 9e18",
                "--tokens 0",
                "--tokens -5",
                "--tokens 1T --steps 5",
                "--steps 0",
                "--step-time 0s",
                "--step-time -1s",
                "--step-time 1.1",
                "--step-time 1parsec",
                "--step-time 1e99s",
                "--mfu 0",
                "--mfu 1.5",
                "--mfu 200%",
                "--mfu NaN",
                "--mfu 0.4 --tflops 300",
                "--tflops -3",
                "--tokens-per-second 0",
                "--price-per-device-hour 0",
                "--price-per-device-hour -2",
                "--price-per-device-hour Infinity",
                "--pue 0.5",
                "--carbon-intensity 400",
                "--mtbf 0h",
                "--checkpoint-time 30s",
                "--money-budget 1e6",
                "--compute-budget 0",
                "--compute-budget 1e99",
                "--hidden-dropout 1",
                "--hidden-dropout -0.1",
                "--attention-dropout 2",
                "--expert-load 0.5",
                "--expert-load 1e9",
                "--lora-rank 0",
                "--lora-rank 1e12",
                "--lora-targets mlp",
                "--frozen-dtype nf4",
                "--lora-rank 8 --frozen-dtype nf5",
                "--recompute full:every 0",
                "--recompute full:sometimes",
                "--top-n 0 --search",
                "--search --dp 8",
                "--search --gpu h100",
                "--constraint tp<=4",
                "--search --constraint tp",
                "--search --constraint tp<=0",
                "--search --constraint tp>=512",
                "--search --constraint step-time>=3s",
                "--gpu h100:0",
                "--gpu h100:-4",
                "--gpu h100:99999999999",
                "--gpu ,",
                "--global-batch-size 0",
                "--global-batch-size 64 --gradient-accumulation-steps 2",
                "--fp16 --bf16",
                "--main-grads-dtype fp9",
                "--fp8-format e9m9",
                "--fail-on x",
                "gpt2"
            })
    void whatCannotBeMeantIsRefused(String flags) {
        String line = BASE + flags;
        String option = flags.substring(0, Math.max(0, flags.indexOf(' ')));
        if (BASE.contains(option + " ") && option.startsWith("--") && !flags.contains("accumulation")) {
            line = BASE.replaceAll(option + " \\S+", "") + flags;
        }
        if (flags.endsWith("--gpu h100")) {
            line = BASE.replace("--gpu h100:8", "") + flags;
        }
        Run run = Run.of(arguments(line));
        run.refused(2);
    }

    /// `:every N` is one word with what stands before it.
    private static String[] arguments(String line) {
        return Arrays.stream(line.replace(":every ", ":every\0").strip().split(" +"))
                .map(word -> word.replace('\0', ' '))
                .toArray(String[]::new);
    }

    @Test
    void allViolationsAreSaidAtOnceWithWhatWouldWork() {
        Run.Refusal refusal = Run.of((BASE + "--tp 3 --pp 5 --cp 7").split(" ")).refused(2);
        assertThat(refusal.cause())
                .contains("105 devices, expected 8")
                .contains("tp 3 does not divide 32 (query heads)")
                .contains("pp 5 does not divide 32 layers")
                .contains("2 x cp 7 does not divide a sequence");
        assertThat(refusal.remedy()).contains("--tp 1, 2, 4, 8").contains("--pp 1, 2, 4, 8, 16, 32");
    }

    @Test
    void withJsonARefusalIsJsonToo() {
        Run run = Run.of((BASE + "--tp 3 -o json").split(" "));
        run.refused(2);
        assertThat(run.tree().at("/error/exitCode").asInt()).isEqualTo(2);
    }

    @Test
    void anUnknownModelIsRefusedByName() {
        assertThat(Run.of("train", "no-such-model").refused(2).cause()).contains("no-such-model");
    }

    private static final String[] FLAGS = {
        "--tp",
        "--pp",
        "--vpp",
        "--cp",
        "--ep",
        "--etp",
        "--dp",
        "--zero",
        "--shards",
        "--micro-batch-size",
        "--global-batch-size",
        "--seq-length",
        "--tokens",
        "--steps",
        "--mfu",
        "--step-time",
        "--lora-rank",
        "--recompute",
        "--framework",
        "--optimizer",
        "--precision",
        "--pipeline-layers",
        "--schedule",
        "--gpu",
        "--mtbf",
        "--top-n",
        "--price-per-device-hour",
        "--hidden-dropout",
        "--expert-load",
        "--offload",
        "--compute-budget",
        "--units"
    };

    private static final String[] VALUES = {
        "0",
        "1",
        "2",
        "3",
        "4",
        "8",
        "16",
        "64",
        "-1",
        "1e18",
        "9223372036854775807",
        "x",
        "",
        "1.5",
        "NaN",
        "4k",
        "none",
        "full",
        "selective",
        "op",
        "mlp,norm",
        "megatron",
        "fsdp",
        "deepspeed",
        "nanotron",
        "torch-compile",
        "muon",
        "sgd",
        "adafactor",
        "adam-8bit",
        "fp8",
        "fp32",
        "mixed-20",
        "1,2,3",
        "16,16",
        "gpipe",
        "zero-bubble",
        "h100:8",
        "tpu-v4:16",
        "a100-80g:3",
        "1s",
        "50000h",
        "0.5",
        "weights",
        "optimizer,activations",
        "1e24",
        "bytes"
    };

    private static final String[] MODELS = {"gpt2", "mixtral-8x7b", "deepseek-v3", "mamba-2.8b", "jamba-v0.1", "t5-base"
    };

    /// Flags drawn at random are answered or refused in good order, quickly.
    @RepeatedTest(8)
    void anyFlagsAreAnsweredOrRefused(RepetitionInfo repetition) {
        long seed = 4200L + repetition.getCurrentRepetition();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            List<String> line = new ArrayList<>(List.of("train", MODELS[random.nextInt(MODELS.length)]));
            List<String> flags = new ArrayList<>(List.of(FLAGS));
            for (int flag = random.nextInt(7); flag >= 0; flag--) {
                line.add(flags.remove(random.nextInt(flags.size())));
                line.add(VALUES[random.nextInt(VALUES.length)]);
            }
            if (random.nextInt(3) == 0) {
                line.add("--explain");
            }
            String what = "seed " + seed + ", line " + line;
            Assertions.assertTimeout(
                    Duration.ofSeconds(20),
                    () -> assertThatCode(() -> {
                                Run run = Run.of(Run.asJson(line.toArray(String[]::new)));
                                assertThat(run.exitCode())
                                        .as("%s: %s", what, run.err())
                                        .isIn(0, 2, 4);
                                if (run.exitCode() != 0) {
                                    run.refused(run.exitCode());
                                }
                                assertThat(run.tree()).isNotNull();
                            })
                            .as(what)
                            .doesNotThrowAnyException(),
                    what);
        }
    }
}
