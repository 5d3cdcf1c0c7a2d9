package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Wrong arguments: exit code 2, a line of cause, a line of remedy with the nearest names, and the same as JSON.
class UsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "modle gpt2 | modle | model",
                "kv gpt2 --tokns 5 | --tokns | --tokens",
                "model llama-2-70x | llama-2-70x | llama-2-70b",
                "model gtp2 | gtp2 | gpt2",
                "explain kvx | kvx | kv",
                "flops gpt2 --convention megatrom | megatrom | megatron",
                "flops gpt2 --convention plam | plam | palm",
                "model gpt2 --convention stric | stric | strict",
                "model gpt2 --weight-dtype q4_k_n | q4_k_n | q4_k_m",
                "model gpt2 --dtype bf17 | bf17 | bf16",
                "kv gpt2 --kv-cache-dtype q8_00 | q8_00 | q8_0",
                "kv gpt2 --state-dtype f33 | f33 | f32",
                "flops gpt2 --phase decod | decod | decode",
                "flops gpt2 --recompute som | som | selective",
                "kv gpt2 -o jsn | jsn | json",
                "kv gpt2 --units gbb | gbb | gb"
            })
    void anUnknownWordIsRefusedWithTheNearest(String command, String typed, String nearest) {
        Run.Refusal refusal = Run.of(command.split(" ")).refused(2);
        assertThat(refusal.cause()).contains("'" + typed + "'");
        assertThat(refusal.cause() + refusal.remedy()).contains(nearest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "model",
                "kv",
                "kv gpt2 --tokens",
                "kv gpt2 --tokens many",
                "kv gpt2 --tokens -5",
                "kv gpt2 --tokens 0",
                "kv gpt2 --tokens 1.5",
                "kv gpt2 --tokens 1e30",
                "kv gpt2 --tokens 9e18",
                "kv gpt2 --tokens 1,5",
                "kv gpt2 --tokens 4096 --tokens 8192",
                "kv gpt2 --batch 0",
                "kv gpt2 --batch 1e12 --tokens 1e12",
                "kv gpt2 --block-size 0",
                "kv gpt2 --budget 0",
                "kv gpt2 --budget 80Gb",
                "kv gpt2 --budget 99999999TB",
                "flops gpt2 --seq-length x",
                "flops gpt2 --seq-length 9e18",
                "flops gpt2 --phase prefill --past-tokens 9e18",
                "flops gpt2 --tokens 0",
                "kv gpt2 bert-base",
                "explain kv gpt2 bert-base",
                "model gpt2 -",
                "model hf:",
                "model hf:../x",
                "model ''"
            })
    void whatCannotBeMeantIsRefused(String command) {
        String[] arguments =
                command.isEmpty() ? new String[0] : command.replace("''", "\0").split(" ");
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = arguments[i].replace("\0", "");
        }
        Run run = Run.of(arguments);
        assertThat(run.exitCode()).as("%s", run).isIn(2, 4);
        run.refused(run.exitCode());
    }

    @Test
    void withJsonTheErrorIsOnStandardOutputToo() {
        for (String form : new String[] {"-o json", "-ojson", "-o=json", "--output json", "--output=json"}) {
            Run run = Run.of(("model llama-2-70x " + form).split(" "));
            Run.Refusal refusal = run.refused(2);
            JsonNode error = run.tree().get("error");
            assertThat(error.get("message").asString()).isEqualTo(refusal.cause());
            assertThat(error.get("remedy").asString()).isEqualTo(refusal.remedy());
            assertThat(error.get("exitCode").asInt()).isEqualTo(2);
        }
        Run badOption = Run.of("kv", "gpt2", "--tokns", "4", "-o", "json");
        badOption.refused(2);
        assertThat(badOption.tree().at("/error/exitCode").asInt()).isEqualTo(2);
        assertThat(Run.of("model", "llama-2-70x").out()).isEmpty();
    }

    @Test
    void controlCharactersOfArgumentsAreEscaped() {
        Run run = Run.of("model", "x\u001b[31m\u0007\ny", "-o", "json");
        assertThat(run.refused(2).cause()).contains("x\\u001b[31m\\u0007\\u000ay");
        Run option = Run.of("model", "gpt2", "--x\u001b[31m\ny");
        assertThat(option.refused(2).cause()).contains("--x\\u001b[31m\\u000ay");
    }

    @Test
    void numbersAreWrittenAsPeopleWriteThem() {
        assertThat(tokens("32k")).isEqualTo(32_000);
        assertThat(tokens("128Ki")).isEqualTo(131_072);
        assertThat(tokens("4,096")).isEqualTo(4096);
        assertThat(tokens("4_096")).isEqualTo(4096);
        assertThat(tokens("1e3")).isEqualTo(1000);
        assertThat(tokens("0.5M")).isEqualTo(500_000);
    }

    private static long tokens(String asked) {
        return Run.json("kv", "gpt2", "--tokens", asked)
                .at("/keyValueCache/tokens")
                .asLong();
    }

    @Test
    void numbersOfAnySizeAreAnsweredOrRefused() {
        String[][] options = {
            {"model", "--seq-length"},
            {"kv", "--tokens", "--batch", "--block-size", "--budget", "--source-tokens"},
            {"flops", "--seq-length", "--batch", "--tokens"},
            {"flops --phase prefill", "--seq-length", "--batch", "--tokens", "--past-tokens"},
            {"flops --phase decode --convention palm", "--seq-length", "--batch", "--tokens"},
            {"flops --convention megatron2021", "--seq-length", "--batch", "--tokens"},
            {"explain kv", "--tokens"},
            {"explain flops", "--tokens"}
        };
        String[] sizes = {"1", "4294967296", "3037000500", "1e15", "9223372036854775807"};
        for (String[] command : options) {
            for (String model : new String[] {"gemma-3-27b", "jamba-v0.1", "t5-base"}) {
                for (int option = 1; option < command.length; option++) {
                    for (String size : sizes) {
                        String line = command[0] + " " + model + " " + command[option] + " " + size;
                        answeredOrRefused(line + " --explain");
                        answeredOrRefused(line + " " + command[1 + option % (command.length - 1)] + " " + size);
                    }
                }
            }
        }
    }

    private static void answeredOrRefused(String line) {
        Run run = Run.of(Run.asJson(line.split(" ")));
        if (run.exitCode() != 0) {
            run.refused(2);
        }
        assertThat(run.tree()).as(line).isNotNull();
    }

    @Test
    void helpAndVersionAreAnswers() {
        assertThat(Run.of("--version").answered().out()).startsWith("plimsoll ");
        String help = Run.of("--help").answered().out();
        for (String command :
                new String[] {"model", "kv", "flops", "compare", "explain", "models", "hardware", "fit"}) {
            assertThat(help).contains("  " + command);
            assertThat(Run.of(command, "--help").answered().out()).startsWith("Usage: plimsoll " + command);
        }
    }

    @Test
    void aFileOfArgumentsIsNotReadBehindAnAtSign() {
        assertThat(Run.of("model", "@/etc/hostname").refused(4).cause()).contains("@/etc/hostname");
    }
}
