package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.formats.launch.LaunchReader;
import dev.plimsoll.formats.launch.LaunchSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `plimsoll train --search`, `--solve` and `--emit`: what is found can be asked for again.
class TrainSearchTest {
    private static final String SMALL =
            "train llama-3.1-8b --gpu h100:16 --global-batch-size 32 --seq-length 4096 --search";

    private static JsonNode json(String line) {
        return Run.json(line.split(" "));
    }

    /// Splits at spaces, but not within quotes.
    private static String[] words(String flags) {
        List<String> words = new ArrayList<>();
        for (String part : flags.split(" (?=([^']*'[^']*')*[^']*$)", -1)) {
            words.add(part.replace("'", ""));
        }
        words.addFirst("train");
        return words.toArray(String[]::new);
    }

    @Test
    void everyLayoutThatIsListedIsWhatItsFlagsGive() {
        JsonNode search = json(SMALL).get("search");
        assertThat(search.get("best")).hasSize(5);
        for (JsonNode found : search.get("best")) {
            JsonNode again = Run.json(words(found.get("flags").asString()));
            assertThat(again.get("layout")).isEqualTo(found.get("layout"));
            assertThat(again.at("/memory/deviceBytes").asLong())
                    .isEqualTo(found.get("deviceBytes").asLong());
            assertThat(again.at("/step/seconds").asDouble())
                    .isEqualTo(found.get("seconds").asDouble());
            assertThat(again.get("feasibility").asString()).isEqualTo("fits");
        }
    }

    @Test
    void everyCandidateFitsOrIsRejectedForAReason() {
        JsonNode search = json(SMALL).get("search");
        assertThat(search.get("complete").asBoolean()).isTrue();
        assertThat(search.get("evaluated").asLong())
                .isEqualTo(search.get("candidates").asLong());
        long rejected = 0;
        for (JsonNode reason : search.get("rejected")) {
            rejected += reason.get("count").asLong();
        }
        long worse = search.get("evaluated").asLong() - rejected;
        assertThat(worse)
                .as("those listed lost to nobody")
                .isBetween(1L, search.get("feasible").asLong());
    }

    @Test
    void theAnswerIsTheSameAtAnyNumberOfThreads() {
        assertThat(json(SMALL + " --threads 3")).isEqualTo(json(SMALL + " --threads 1"));
    }

    @Test
    void whatIsGivenIsKept() {
        for (JsonNode found :
                json(SMALL + " --tp 4 --recompute full --micro-batch-size 2").at("/search/best")) {
            assertThat(found.at("/layout/tensor").asInt()).isEqualTo(4);
            assertThat(found.at("/layout/microBatchSize").asInt()).isEqualTo(2);
            assertThat(found.get("recompute").asString()).isEqualTo("full");
        }
        for (JsonNode found :
                json(SMALL + " --constraint pp==2 --constraint tp<=2").at("/search/best")) {
            assertThat(found.at("/layout/pipeline").asInt()).isEqualTo(2);
            assertThat(found.at("/layout/tensor").asInt()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void theLeastMemoryIsNeverTheMost() {
        long least =
                json(SMALL + " --objective memory").at("/memory/deviceBytes").asLong();
        assertThat(least)
                .isLessThanOrEqualTo(json(SMALL).at("/memory/deviceBytes").asLong());
    }

    @Test
    void kindsOfDeviceAreSearchedTogether() {
        JsonNode search = json("train llama-3.1-8b --gpu h100:8,a100-80g:8 --global-batch-size 32 --search --top-n 3")
                .get("search");
        assertThat(search.at("/best/0/layout/gpu").asString()).isEqualTo("h100");
    }

    @Test
    void nothingFitsIsAnAnswer() {
        JsonNode answer = json("train gpt3-175b --gpu rtx-4090:2 --global-batch-size 8 --search");
        assertThat(answer.get("feasibility").asString()).isEqualTo("does-not-fit");
        assertThat(answer.get("memory").isNull()).isTrue();
        assertThat(answer.at("/search/feasible").asLong()).isZero();
    }

    @Test
    void progressIsOnStandardErrorUnlessQuiet() {
        assertThat(Run.of(SMALL.split(" ")).answered().err()).contains("search: ");
        assertThat(Run.of((SMALL + " -q").split(" ")).answered().err()).isEmpty();
    }

    @Test
    void whatIsEmittedForMegatronIsReadBackAsTheSameLayout() {
        JsonNode answer = json(SMALL + " --emit megatron");
        String text = answer.at("/launch/text").asString();
        LaunchSettings settings = LaunchReader.read(
                        "emitted", ("pretrain_gpt.py " + text).getBytes(StandardCharsets.UTF_8))
                .settings();
        assertThat(settings.layout().tensor().degree())
                .isEqualTo(answer.at("/layout/tensor").asInt());
        assertThat(settings.layout().pipeline().degree())
                .isEqualTo(answer.at("/layout/pipeline").asInt());
        assertThat(text)
                .contains("--num-layers 32")
                .contains("--hidden-size 4096")
                .contains("--swiglu");
    }

    @Test
    void theFewestDevicesAreEnoughAndHalfOfThemAreNot() {
        JsonNode solved = json("train llama-3.1-8b --gpu h100 --global-batch-size 32 --solve gpus");
        long devices = solved.at("/solved/value").asLong();
        assertThat(solved.get("feasibility").asString()).isEqualTo("fits");
        assertThat(solved.at("/layout/devices").asLong()).isEqualTo(devices);
        assertThat(devices).isGreaterThan(1);
        assertThat(json("train llama-3.1-8b --gpu h100:" + devices / 2 + " --global-batch-size 32 --search")
                        .get("feasibility")
                        .asString())
                .isEqualTo("does-not-fit");
    }

    @Test
    void theLargestMicroBatchAndTheLongestSequenceFit() {
        JsonNode batch = json("train llama-3.1-8b --gpu h100:8 --global-batch-size 64 --tp 2 --solve micro-batch-size");
        assertThat(batch.at("/solved/value").asLong())
                .isEqualTo(batch.at("/layout/microBatchSize").asLong());
        JsonNode length = json("train llama-3.1-8b --gpu h100:8 --global-batch-size 64 --tp 8 --solve seq-length");
        assertThat(length.at("/solved/value").asLong())
                .isEqualTo(length.at("/layout/sequenceLength").asLong());
        assertThat(length.at("/memory/deviceBytes").asLong())
                .isLessThanOrEqualTo(length.at("/memory/budgetBytes").asLong());
        assertThat((double) length.at("/memory/deviceBytes").asLong()
                        / length.at("/memory/budgetBytes").asLong())
                .as("little is left")
                .isCloseTo(1, within(0.1));
    }
}
