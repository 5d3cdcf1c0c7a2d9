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
    void aModelThatOnlySeesWorksOnThePatchesOfItsImages() {
        // ViT-B/16 at 224: 14 x 14 patches and a class token; 12 layers of 4 h^2 + 2 h 4h, and the patches' map.
        long tokens = 14 * 14 + 1;
        long forward = 2 * tokens * 768 * 768 + 12 * (2 * tokens * 12 * 768 * 768 + 4 * tokens * tokens * 768);
        JsonNode flops = flops("flops", "vit-base", "--phase", "prefill");
        assertThat(flops.get("total").asLong()).isEqualTo(forward);
        assertThat(flops.get("perToken").asDouble()).isEqualTo((double) forward / tokens);
        assertThat(flops.get("patches").asLong()).isEqualTo(tokens);
        assertThat(Run.of("flops", "vit-base").answered().out())
                .contains("train, 1 x 197 patches", "taken from the model's config: 197 patches");
        assertThat(Run.of("model", "vit-base").answered().out()).contains("a patch forward, strict, sequences of 197");
        assertThat(flops("flops", "vit-base", "--patches", "50").get("tokens").asLong())
                .isEqualTo(50);
        assertThat(Run.of("flops", "vit-base", "--seq-length", "9").refused(2).cause())
                .contains("reads no text");
    }

    /// A tower whose images may have any size.
    @Test
    void patchesThatNobodyKnowsAreAskedFor() {
        String pixtral = """
                {"model_type": "pixtral", "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
                 "num_attention_heads": 2, "patch_size": 8}
                """;
        assertThat(Run.withInput(pixtral, "flops", "-").refused(2).cause()).contains("expected --patches");
        Run model = Run.withInput(pixtral, "model", "-").answered();
        assertThat(model.out()).containsPattern("FLOPs +not known: needs --patches");
        JsonNode json =
                Run.withInput(pixtral, "model", "-", "-o", "json").answered().tree();
        assertThat(json.get("flops").isNull()).isTrue();
        assertThat(json.get("notKnown").asString()).isEqualTo("FLOPs not known: needs --patches");
        String square = pixtral.replace("}", ", \"image_size\": 32}");
        assertThat(Run.withInput(square, "flops", "-", "-o", "json")
                        .answered()
                        .tree()
                        .at("/flops/patches")
                        .asLong())
                .isEqualTo(4 * 4);
    }

    /// Whisper tiny: the decoder's cross attention looks at 1,500 tokens, which the encoder makes of 3,000 frames.
    @Test
    void anEncoderOfOneLengthIsCountedAtThatLength() {
        JsonNode flops = flops("flops", "whisper-tiny", "--phase", "prefill", "--seq-length", "10");
        long h = 384;
        long convolutions = 2 * 3000 * h * 3 * 80 + 2 * 1500 * h * 3 * h;
        long encoder = 4 * (2 * 1500 * 12 * h * h + 4 * 1500 * 1500 * h);
        long ownAttention = 2 * 10 * 4 * h * h + 4 * h * (10 * 11 / 2);
        long cross = 2 * 10 * 2 * h * h + 2 * 1500 * 2 * h * h + 4 * 10 * 1500 * h;
        long decoder = 4 * (ownAttention + cross + 2 * 10 * 8 * h * h) + 2 * 10 * 51_865 * h;
        assertThat(flops.get("total").asLong()).isEqualTo(convolutions + encoder + decoder);
        assertThat(flops.get("sourceTokens").asLong()).isEqualTo(1500);
        assertThat(flops.get("frames").asLong()).isEqualTo(3000);
        assertThat(Run.of("flops", "whisper-tiny").answered().out())
                .contains("taken from the model's config: 1,500 tokens of the encoder, 3,000 frames");
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
    void palmStandsBesideItsOwnForm() {
        String palm = Run.of("flops", "llama-2-7b", "--convention", "palm", "--seq-length", "4096", "--explain")
                .answered()
                .out()
                .replaceAll("\\s+", " ");
        assertThat(palm)
                .contains(
                        "textbook: (6 x N + 12 x l x a x d x t) x D",
                        "= (6 x 6738415616 + 12 x 32 x 32 x 128 x 4096) x 4096 =",
                        "that is +0 beside the figure above")
                .doesNotContain("0 x 4 x b");
        assertThat(Run.of("flops", "llama-2-7b", "--explain").answered().out()).doesNotContain("0 x 4 x b");
    }

    @Test
    void cachedTokensHaveALetterOfTheirOwn() {
        String lines = Run.of(
                        "flops",
                        "llama-2-7b",
                        "--convention",
                        "palm",
                        "--phase",
                        "prefill",
                        "--seq-length",
                        "10",
                        "--past-tokens",
                        "90",
                        "--explain")
                .answered()
                .out()
                .replaceAll("\\s+", " ");
        assertThat(lines)
                .contains(
                        "x s x (C + s) x b x a x (d + w)",
                        "x 10 x (90 + 10) x 1 x 32 x (128 + 128)",
                        "C cached tokens");
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
