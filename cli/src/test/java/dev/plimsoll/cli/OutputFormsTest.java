package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The forms of an answer, and what flags may change in it.
class OutputFormsTest {
    @Test
    void csvHasARowForEveryValue() {
        String csv = Run.of("kv", "llama-2-70b", "--tokens", "4096", "-o", "csv")
                .answered()
                .out();
        assertThat(csv).startsWith("path,value\r\n").contains(".keyValueCache.bytes,1342177280\r\n");
        assertThat(csv).contains("\"layer (causal attention, gated feed-forward)\"\r\n");
        assertThat(csv).contains(".keyValueCache.budgetBytes,\r\n");
    }

    @Test
    void markdownIsTables() {
        String page = Run.of("kv", "llama-2-70b", "--tokens", "4096", "-o", "md")
                .answered()
                .out();
        assertThat(page).contains("| KV cache | 1.25 GiB |").contains("|--:|");
    }

    @Test
    void unitsChangeThePageAndNotTheData() {
        assertThat(Run.of("kv", "llama-2-70b", "--tokens", "4096").answered().out())
                .contains("1.25 GiB");
        assertThat(Run.of("kv", "llama-2-70b", "--tokens", "4096", "--units", "gb")
                        .answered()
                        .out())
                .contains("1.34 GB")
                .doesNotContain("GiB");
        assertThat(Run.of("kv", "llama-2-70b", "--tokens", "4096", "--units", "bytes")
                        .answered()
                        .out())
                .contains("1,342,177,280 B")
                .doesNotContain("GiB");
        assertThat(Run.json("kv", "llama-2-70b", "--units", "gb")).isEqualTo(Run.json("kv", "llama-2-70b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model deepseek-v3",
                "model llama-2-70b --explain",
                "kv gemma-3-27b --explain",
                "flops mixtral-8x7b",
                "explain traps",
                "train gpt3-175b --gpu a100-80g:64 --tp 8 --pp 8 --global-batch-size 64 --tokens 1B --explain",
                "train llama-3.1-70b --gpu h100:64 --global-batch-size 64 --search --emit megatron",
                "train llama-3.1-8b --gpu h100:8,a100-80g:8,rtx-4090:8 --global-batch-size 64 --tokens 1B",
                "models",
                "fit llama-3.1-8b --gpu rtx-4090 --explain",
                "fit gemma-3-27b --gpu h100:4 --tp 2 --solve max-num-seqs",
                "fit llama-3.1-8b --gpu h100 --tp 3",
                "hardware",
                "hardware b200",
                "hardware mi250x",
                "compare gpt2 llama-2-7b"
            })
    void tablesFitEightyColumns(String command) {
        assertThat(Run.of(command.split(" ")).answered().out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void dataIsOnOneStreamAndNotesOnTheOther() {
        Run run = Run.of("kv", "palm-540b", "-o", "json").answered();
        assertThat(run.err()).startsWith("note: ");
        assertThat(run.tree().get("keyValueCache")).isNotNull();
        assertThat(Run.of("kv", "palm-540b", "-o", "json", "-q").answered().err())
                .isEmpty();
    }

    @Test
    void flagsNeverChangeTheShapeOfTheModelAnswer() {
        sameShape(
                "model llama-3.1-8b",
                "model llama-3.1-8b --explain -v",
                "model llama-3.1-8b --dtype q4_k_m --kv-cache-dtype q8_0 --units bytes",
                "model llama-3.1-8b --convention palm --seq-length 17",
                "model mamba-2.8b --state-dtype bf16",
                "model bert-base",
                "model whisper-tiny",
                "model deepseek-v3");
    }

    @Test
    void flagsNeverChangeTheShapeOfTheCacheAnswer() {
        sameShape(
                "kv gemma-3-27b",
                "kv gemma-3-27b --budget 24GiB --block-size 16 --explain",
                "kv gemma-3-27b --tokens 1 --batch 100 --kv-cache-dtype fp8",
                "kv deepseek-v3 --expanded",
                "kv mamba-2.8b",
                "kv jamba-v0.1 --budget 1GiB",
                "kv t5-base --source-tokens 9",
                "kv bert-base");
    }

    @Test
    void flagsNeverChangeTheShapeOfTheFlopsAnswer() {
        sameShape(
                "flops llama-2-7b",
                "flops llama-2-7b --phase prefill --past-tokens 9",
                "flops llama-2-7b --phase decode --explain",
                "flops llama-2-7b --recompute selective --tokens 1T",
                "flops mixtral-8x7b --convention torchtitan",
                "flops mamba-2.8b --convention megatron",
                "flops bert-base");
    }

    @Test
    void flagsNeverChangeTheShapeOfTheTrainAnswer() {
        sameShape(
                "train llama-3.1-8b",
                "train llama-3.1-8b --gpu h100:8 --global-batch-size 64 --tokens 1B --explain",
                "train llama-3.1-8b --gpu h100:8 --global-batch-size 64 --search --emit megatron",
                "train llama-3.1-8b --gpu h100 --global-batch-size 64 --solve gpus",
                "train gpt3-175b --gpu rtx-4090:2 --global-batch-size 8 --search",
                "train llama-3.1-8b --gpu h100:8 --step-time 2s --compute-budget 1e23 --mtbf 50000h --steps 9",
                "train deepseek-v3 --gpu h800:1024 --ep 64 --precision fp8",
                "train mamba-2.8b --framework fsdp");
    }

    private static void sameShape(String first, String... others) {
        JsonNode expected = Run.json(first.split(" "));
        for (String other : others) {
            List<String> differences = new ArrayList<>();
            compare("", expected, Run.json(other.split(" ")), differences);
            assertThat(differences).as("%s, beside %s", other, first).isEmpty();
        }
    }

    /// Objects have the same keys in the same places; a value may be null, a list may be shorter.
    private static void compare(String path, JsonNode one, JsonNode other, List<String> differences) {
        if (one.isObject() && other.isObject()) {
            Set<String> keys = new TreeSet<>(one.propertyNames());
            keys.addAll(other.propertyNames());
            for (String key : keys) {
                if (one.has(key) && other.has(key)) {
                    compare(path + "." + key, one.get(key), other.get(key), differences);
                } else {
                    differences.add(path + "." + key);
                }
            }
        } else if (one.isArray() && other.isArray()) {
            for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
                compare(path + "[]", one.get(i), other.get(i), differences);
            }
        } else if (one.getNodeType() != other.getNodeType() && !one.isNull() && !other.isNull()) {
            differences.add(path + " is " + one.getNodeType() + " and " + other.getNodeType());
        }
    }
}
