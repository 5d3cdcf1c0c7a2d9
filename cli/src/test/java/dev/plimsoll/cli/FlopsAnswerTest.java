package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll flops`: the named conventions and phases, by hand.
class FlopsAnswerTest {
    /// The matrices of LLaMA-2 7B that every token is multiplied with, the head included.
    private static final long MATRICES = 32 * (4L * 4096 * 4096 + 3L * 4096 * 11_008) + 32_000L * 4096;

    private static JsonNode flops(String... arguments) {
        return Run.json(arguments).get("flops");
    }

    @Test
    void megatron2021IsTheFormulaOfThePaper() {
        JsonNode flops =
                flops("flops", "megatron-175b", "--convention", "megatron2021", "--batch", "4", "--seq-length", "2048");
        double s = 2048;
        double h = 12_288;
        double layers = 96;
        double vocabulary = 51_200;
        double paper = 96 * 4 * s * layers * h * h * (1 + s / (6 * h) + vocabulary / (16 * layers * h));
        assertThat(flops.get("total").asDouble()).isCloseTo(paper, within(paper * 1e-14));
        assertThat(flops.get("forward").asDouble())
                .isEqualTo(4 * (layers * (24 * s * h * h + 4 * s * s * h) + 2 * s * h * vocabulary));
        assertThat(flops.get("backward").asDouble())
                .isEqualTo(2 * flops.get("forward").asDouble());
        assertThat(flops.get("recompute").asDouble()).isEqualTo(4 * layers * (24 * s * h * h + 4 * s * s * h));
        assertThat(flops.get("logits").asDouble()).isEqualTo(4 * 2 * s * h * vocabulary);
        assertThat(flops.get("convention").asString()).isEqualTo("megatron2021");
        assertThat(flops.get("tokens").asDouble()).isEqualTo(4 * s);
        assertThat(flops.get("provenance").asString()).isEqualTo("assumed");
    }

    @Test
    void palmIsSixTimesTheParametersAndTheWholeSquare() {
        JsonNode flops = flops("flops", "llama-2-7b", "--convention", "palm", "--seq-length", "4096");
        assertThat(flops.get("perToken").asLong()).isEqualTo(6 * 6_738_415_616L + 12L * 32 * 32 * 128 * 4096);
    }

    @Test
    void strictCountsEveryMatrixAndTheVisiblePairs() {
        JsonNode flops = flops("flops", "llama-2-7b", "--seq-length", "1000", "--batch", "3");
        long forward = 3 * (1000 * 2 * MATRICES + 32L * 4 * 4096 * (1000 * 1001 / 2));
        assertThat(flops.get("forward").asLong()).isEqualTo(forward);
        assertThat(flops.get("backward").asLong()).isEqualTo(2 * forward);
        assertThat(flops.get("recompute").asLong()).isZero();
        assertThat(flops.get("total").asLong()).isEqualTo(3 * forward);
        assertThat(flops.get("perToken").asDouble()).isEqualTo(3 * forward / 3000.0);
        assertThat(flops.get("phase").asString()).isEqualTo("train");
        assertThat(operators(flops)).as("the operators add up").isEqualTo(forward);
    }

    private static long operators(JsonNode flops) {
        long sum = 0;
        for (JsonNode operator : flops.get("operators")) {
            sum += operator.get("forward").asLong();
        }
        return sum;
    }

    @Test
    void anyNumberOfTokensScalesTheTotals() {
        JsonNode one = flops("flops", "llama-2-7b");
        JsonNode run = flops("flops", "llama-2-7b", "--tokens", "2T");
        assertThat(run.get("perToken")).isEqualTo(one.get("perToken"));
        assertThat(run.get("total").asDouble())
                .isEqualTo(2e12 * one.get("perToken").asDouble());
        assertThat(run.at("/ruleOfThumb/flops").asDouble()).isEqualTo(6 * 6_738_415_616.0 * 2e12);
        assertThat(run.get("tokens").asDouble()).isEqualTo(2e12);
    }

    @Test
    void fullRecomputationRunsTheLayersOnceMore() {
        JsonNode flops = flops("flops", "llama-2-7b", "--seq-length", "2048", "--recompute", "full");
        double layers = flops.get("forward").asDouble() - flops.get("logits").asDouble();
        assertThat(flops.get("recompute").asDouble()).isEqualTo(layers);
        assertThat(flops.get("total").asDouble())
                .isEqualTo(3 * flops.get("forward").asDouble() + layers);
    }

    @Test
    void prefillIsTheForwardPassAlone() {
        JsonNode flops = flops("flops", "llama-2-7b", "--phase", "prefill", "--seq-length", "1000");
        assertThat(flops.get("total").asLong()).isEqualTo(1000 * 2 * MATRICES + 32L * 4 * 4096 * (1000 * 1001 / 2));
        assertThat(flops.get("backward").asLong()).isZero();
        assertThat(flops.get("phase").asString()).isEqualTo("prefill");
    }

    @Test
    void cachedTokensAreSeenButNotRunInPrefill() {
        JsonNode flops =
                flops("flops", "llama-2-7b", "--phase", "prefill", "--seq-length", "10", "--past-tokens", "90");
        assertThat(flops.get("total").asLong())
                .isEqualTo(10 * 2 * MATRICES + 32L * 4 * 4096 * (100 * 101 / 2 - 90 * 91 / 2));
        assertThat(flops.get("pastTokens").asLong()).isEqualTo(90);
    }

    @Test
    void decodeRunsOneTokenOverAllThoseBeforeIt() {
        JsonNode flops = flops("flops", "llama-2-7b", "--phase", "decode", "--seq-length", "999", "--batch", "8");
        assertThat(flops.get("total").asLong()).isEqualTo(8 * (2 * MATRICES + 32L * 4 * 4096 * 1000));
        assertThat(flops.get("tokens").asLong()).isEqualTo(8);
        assertThat(flops.at("/cacheSaving/tokens").asLong()).isEqualTo(999);
        assertThat(flops.at("/cacheSaving/projectionsSaved").asDouble())
                .as("1 - 2 / (s + 1)")
                .isCloseTo(1 - 2 / 1000.0, within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "strict",
                "palm",
                "megatron2021",
                "korthikanti2022",
                "megatron-deepspeed",
                "megatron",
                "torchtitan"
            })
    void everyConventionAnswersAndSaysItsName(String convention) {
        JsonNode flops = flops("flops", "qwen3-30b-a3b", "--seq-length", "8192", "--convention", convention);
        assertThat(flops.get("convention").asString()).isEqualTo(convention);
        assertThat(flops.get("conventionSource").asString()).isNotEmpty();
        assertThat(flops.get("total").asDouble())
                .isCloseTo(8192 * flops.get("perToken").asDouble(), within(1e6));
    }
}
