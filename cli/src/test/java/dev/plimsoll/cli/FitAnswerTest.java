package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.plimsoll.planner.result.Arithmetic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// `plimsoll fit`: the figures that engines log and users check.
class FitAnswerTest {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    /// Key and value of a token of Llama-3.1-8B: 2 x 32 layers x 8 heads x 128 x 2 B.
    private static final long LLAMA_TOKEN = 131_072;

    private static final String QWEN36_27B = """
            {"model_type": "qwen3_next", "hidden_size": 5120, "intermediate_size": 17408, "num_hidden_layers": 64,
             "num_attention_heads": 24, "num_key_value_heads": 4, "head_dim": 256, "vocab_size": 248320,
             "full_attention_interval": 4, "linear_num_value_heads": 48, "linear_num_key_heads": 16,
             "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4,
             "num_experts": 0, "torch_dtype": "bfloat16", "max_position_embeddings": 262144}
            """;

    private static long bytes(JsonNode answer, String name) {
        return answer.at("/memory/" + name).asLong();
    }

    @Test
    void aCardOf24GigabytesHolds46752TokensOfLlama() {
        JsonNode answer = Run.json("fit", "llama-3.1-8b", "--gpu", "rtx-4090", "--solve", "max-model-len");
        long usable = (long) (23.55 * GIB);
        long budget = (long) (0.92 * usable);
        long weights = 16_060_522_496L; // 2 x 8,030,261,248
        long left = budget - weights - GIB; // runtime and activations together
        assertThat(bytes(answer, "usableBytes")).isEqualTo(usable);
        assertThat(bytes(answer, "budgetBytes")).isEqualTo(budget);
        assertThat(bytes(answer, "weightBytes")).isEqualTo(weights);
        assertThat(bytes(answer, "runtimeBytes") + bytes(answer, "activationBytes"))
                .isEqualTo(GIB);
        assertThat(bytes(answer, "keyValueCacheBytes")).isEqualTo(left);
        assertThat(answer.at("/solved/value").asLong())
                .as("whole blocks of 16 tokens")
                .isEqualTo(left / (16 * LLAMA_TOKEN) * 16)
                .isEqualTo(46_752);
        assertThat(answer.at("/solved/name").asString()).isEqualTo("max-model-len");
        assertThat(answer.get("feasibility").asString()).isEqualTo("fits");
        assertThat(answer.at("/keyValueCache/bytesPerToken").asLong()).isEqualTo(LLAMA_TOKEN);
        assertThat(answer.at("/keyValueCache/sequences").asLong()).isEqualTo(1);
    }

    @Test
    void aRequestOf131072TokensNeeds16GibibytesAndTwoCardsHoldIt() {
        JsonNode answer = Run.json("fit", "llama-3.1-8b", "--gpu", "rtx-4090", "--max-model-len", "131072");
        assertThat(answer.get("feasibility").asString()).isEqualTo("does-not-fit");
        assertThat(bytes(answer, "neededKeyValueCacheBytes"))
                .isEqualTo(131_072 * LLAMA_TOKEN)
                .isEqualTo(16 * GIB);
        assertThat(answer.at("/keyValueCache/tokens").asLong()).isEqualTo(46_752);
        assertThat(answer.at("/keyValueCache/sequences").asLong()).isZero();
        assertThat(answer.at("/try/0").asString()).isEqualTo("--max-model-len 46752");
        assertThat(answer.at("/try/1").asString())
                .as("eight bits alone would need 8 GiB of 5.71")
                .isEqualTo("--tensor-parallel-size 2");
    }

    @Test
    void theReserveTakesThePlaceOfTheEstimate() {
        JsonNode answer =
                Run.json("fit", "llama-3.1-8b", "--gpu", "rtx-4090", "--reserve", "2GiB", "--solve", "max-model-len");
        long left = bytes(answer, "budgetBytes") - 16_060_522_496L - 2 * GIB;
        assertThat(answer.at("/solved/value").asLong()).isEqualTo(left / (16 * LLAMA_TOKEN) * 16);
    }

    /// vllm-project/vllm#10517: on a card of 23.58 GiB at 0.90, 1,952 blocks of 16 tokens with steps of 20,000 tokens and
    /// 1,478 with 29,000; activations of 2.07 and 2.99 GiB.
    @ParameterizedTest
    @CsvSource({"20000, 31232, 2.07", "29000, 23648, 2.99"})
    void theBlocksOfALogAreMetWithinTwoPercent(String tokens, long logged, double activations, @TempDir Path folder)
            throws IOException {
        Path device = folder.resolve("card.yaml");
        Files.writeString(device, """
                accelerators:
                  measured-3090:
                    like: rtx-3090
                    usable-memory: 23.58 GiB
                    source: vllm-project/vllm#10517
                """);
        JsonNode answer = Run.json(
                "fit",
                "llama-3.1-8b",
                "--gpu",
                device.toString(),
                "--engine",
                "vllm@0.6",
                "--max-model-len",
                tokens,
                "--max-num-batched-tokens",
                tokens);
        assertThat(answer.at("/keyValueCache/tokens").asLong()).isCloseTo(logged, withinPercentage(2));
        assertThat(bytes(answer, "activationBytes") / (double) GIB)
                .as("2 B x tokens x (3 x 4,096 + 3 x 14,336)")
                .isCloseTo(activations, withinPercentage(0.5));
    }

    /// Measured by TensorRT-LLM's users: what is neither weights nor cache, in GiB.
    @ParameterizedTest
    @CsvSource({
        "llama-3.1-8b, bf16, 1, 2.2, 3.6",
        "llama-3.1-8b, bf16, 2, 3.5, 4.3",
        "llama-3.1-8b, bf16, 4, 4.2, 4.9",
        "qwen3-32b, fp8, 1, 3.7, 6.5",
        "qwen3-32b, fp8, 2, 4.4, 5.7",
        "qwen3-32b, fp8, 4, 4.4, 5.7"
    })
    void theCapacitiesOfTensorRtLeaveWhatWasMeasured(
            String model, String type, String tensor, double least, double most) {
        JsonNode answer =
                Run.json("fit", model, "--gpu", "h100", "--engine", "trtllm", "--dtype", type, "--tp", tensor);
        double beside =
                bytes(answer, "usableBytes") - bytes(answer, "weightBytes") - bytes(answer, "keyValueCacheBytes") / 0.9;
        assertThat(beside / GIB).isBetween(least, most);
        double middle = bytes(answer, "usableBytes") - bytes(answer, "weightBytes") - (least + most) / 2 * GIB;
        assertThat(bytes(answer, "keyValueCacheBytes") / 0.9)
                .as("capacity against the middle of what was measured")
                .isCloseTo(middle, withinPercentage(3));
    }

    /// vllm-project/vllm#21348: 367,404 tokens of Qwen3-235B-A22B in fp8 on four H100 at 0.93.
    @Test
    void thePoolOfSglangIsMetWithinThreePercent() {
        JsonNode answer = Run.json(
                "fit",
                "qwen3-235b-a22b",
                "--gpu",
                "h100:4",
                "--tp",
                "4",
                "--dtype",
                "fp8-block",
                "--engine",
                "sglang",
                "--mem-fraction-static",
                "0.93");
        assertThat(answer.at("/keyValueCache/bytesPerToken").asLong())
                .as("94 layers, one head of 128 on each device")
                .isEqualTo(2 * 94 * 128 * 2);
        assertThat(answer.at("/keyValueCache/tokens").asLong()).isCloseTo(367_404, withinPercentage(3));
    }

    @Test
    void llamaCppKeepsTheEmbeddingOnTheHostAndOneBufferForLogits() {
        JsonNode answer =
                Run.json("fit", "llama-3.1-8b", "--gpu", "rtx-4090", "--engine", "llamacpp", "--max-model-len", "8192");
        assertThat(bytes(answer, "activationBytes"))
                .as("258.50 MiB, as it logs for Llama-3-8B")
                .isEqualTo(4 * 512 * (4_096 + 128_256))
                .isEqualTo(258 * MIB + MIB / 2);
        assertThat(bytes(answer, "weightBytes")).isEqualTo(16_060_522_496L - 128_256L * 4_096 * 2);
        assertThat(bytes(answer, "neededKeyValueCacheBytes")).isEqualTo(GIB);
        assertThat(bytes(answer, "budgetBytes")).isEqualTo(bytes(answer, "usableBytes") - GIB);
        assertThat(answer.at("/keyValueCache/dataType").asString()).isEqualTo("f16");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 0, 1050681344", // head 128,256 x 4,096 x 2 and the last norm 4,096 x 2
        "2, 1, 1486905344", // and a layer of 218,112,000 x 2
        "33, 32, 15009849344", // everything but the embedding
    })
    void llamaCppPutsTheLastLayersOnTheDevice(String asked, long layers, long weights) {
        JsonNode answer = Run.json(
                "fit",
                "llama-3.1-8b",
                "--gpu",
                "rtx-4090",
                "--engine",
                "llamacpp",
                "--max-model-len",
                "8192",
                "--gpu-layers",
                asked);
        assertThat(bytes(answer, "layers")).isEqualTo(layers);
        assertThat(bytes(answer, "weightBytes")).isEqualTo(weights);
        assertThat(bytes(answer, "neededKeyValueCacheBytes")).isEqualTo(layers * 8192 * 2 * 8 * 128 * 2);
    }

    @Test
    void expertsOnTheHostTakeNothingOfTheDevice() {
        String[] common = {"fit", "mixtral-8x7b", "--gpu", "h100", "--engine", "llamacpp", "--max-model-len", "4096"};
        long whole = bytes(Run.json(common), "weightBytes");
        String[] asked = Arrays.copyOf(common, common.length + 2);
        asked[common.length] = "--n-cpu-moe";
        asked[common.length + 1] = "10";
        assertThat(whole - bytes(Run.json(asked), "weightBytes"))
                .as("10 layers of 8 experts of 3 matrices")
                .isEqualTo(10L * 8 * 3 * 4_096 * 14_336 * 2);
    }

    @Test
    void tensorParallelismDividesMatricesAndRepeatsNorms() {
        JsonNode answer = Run.json("fit", "llama-3.1-8b", "--gpu", "h100:2", "--tp", "2");
        long norms = 65 * 4_096 * 2;
        assertThat(bytes(answer, "weightBytes")).isEqualTo((16_060_522_496L - norms) / 2 + norms);
        assertThat(answer.at("/keyValueCache/bytesPerToken").asLong()).isEqualTo(LLAMA_TOKEN / 2);
    }

    @ParameterizedTest
    @CsvSource({"8, 16384", "16, 16384", "32, 16384"}) // one head of 128: 2 x 32 x 128 x 2
    void keyValueHeadsAreRepeatedWhereTheyAreFewer(String tensor, long bytesPerToken) {
        JsonNode answer = Run.json("fit", "llama-3.1-8b", "--gpu", "h100", "--tp", tensor);
        assertThat(answer.at("/keyValueCache/bytesPerToken").asLong()).isEqualTo(bytesPerToken);
    }

    @Test
    void theVocabularyIsPaddedTo64Rows() {
        long padded = bytes(Run.json("fit", "gpt2", "--gpu", "l4"), "weightBytes");
        long exact = bytes(Run.json("fit", "gpt2", "--gpu", "l4", "--engine", "ideal"), "weightBytes");
        assertThat(padded - exact)
                .as("50,257 to 50,304 rows, once: the table is tied")
                .isEqualTo(47 * 768 * 2);
    }

    @Test
    void latentsAreOnEveryDeviceWhole() {
        JsonNode bf16 = Run.json("fit", "deepseek-v3", "--gpu", "h200:8", "--tp", "8");
        assertThat(bf16.at("/keyValueCache/bytesPerToken").asLong())
                .isEqualTo(61 * 576 * 2)
                .isEqualTo(70_272);
        assertThat(bf16.at("/keyValueCache/blockSize").asLong()).isEqualTo(64);
        JsonNode fp8 = Run.json("fit", "deepseek-v3", "--gpu", "h200:8", "--tp", "8", "--kv-cache-dtype", "fp8_ds_mla");
        assertThat(fp8.at("/keyValueCache/bytesPerToken").asLong()).isEqualTo(61 * 656);
    }

    @Test
    void expertsAreDealtOut() {
        JsonNode one = Run.json("fit", "mixtral-8x7b", "--gpu", "h100:8", "--tp", "2", "--dp", "4");
        JsonNode dealt = Run.json("fit", "mixtral-8x7b", "--gpu", "h100:8", "--tp", "2", "--dp", "4", "--ep", "8");
        long experts = 32L * 8 * 3 * 4_096 * 14_336 * 2;
        assertThat(bytes(one, "weightBytes") - bytes(dealt, "weightBytes"))
                .as("half of each expert against one whole expert of eight")
                .isEqualTo(experts / 2 - experts / 8);
    }

    @Test
    void windowsAndFullLayersShareOnePool() {
        JsonNode answer = Run.json("fit", "gemma-3-27b", "--gpu", "h100", "--max-model-len", "131072");
        long page = 10 * 16 * (2 * 16 * 128 * 2); // ten layers of a group, 16 tokens
        long full = 131_072 / 16;
        long window = (1_023 + 8_192 + 15) / 16 + 1; // the window, a step, a page more
        assertThat(bytes(answer, "neededKeyValueCacheBytes"))
                .as("10 full layers in one group, 52 windows in six, the last one padded")
                .isEqualTo(page * (full + 6 * window));
        long pages = bytes(answer, "keyValueCacheBytes") / page;
        assertThat(answer.at("/keyValueCache/loggedTokens").asLong())
                .as("as vLLM logs it: the pool's pages over those of one request, times its length")
                .isEqualTo((long) ((double) pages / (full + 6 * window) * 131_072));
    }

    /// vLLM sets the attention block to 784 tokens for this model with bf16 keys, and to 1,568 with fp8: the first
    /// multiple of 16 whose page holds a state of 48 x 128 x 128 x 4 B and 3 x 10,240 x 2 B.
    @ParameterizedTest
    @CsvSource({"bf16, 784", "fp8, 1568"})
    void aPageGrowsUntilAStateFits(String type, long tokens) {
        JsonNode answer = Run.withInput(QWEN36_27B, "fit", "-", "--gpu", "h100", "--kv-cache-dtype", type, "-o", "json")
                .answered()
                .tree();
        assertThat(answer.at("/keyValueCache/blockSize").asLong()).isEqualTo(tokens);
        long page = tokens * 2 * 4 * 256 * (type.equals("bf16") ? 2 : 1);
        long pages = (262_144 + tokens - 1) / tokens + 3; // 16 layers of attention, 48 states in three groups
        assertThat(bytes(answer, "neededKeyValueCacheBytes")).isEqualTo(16 * page * pages);
    }

    @Test
    void stagesAddUpToTheWholeAndTheLastHasTheHead() {
        JsonNode answer = Run.json("fit", "llama-3.1-8b", "--gpu", "l4:5", "--pp", "5");
        long sum = 0;
        StringBuilder layers = new StringBuilder();
        for (JsonNode stage : answer.at("/memory/stages")) {
            sum += stage.get("weightBytes").asLong();
            layers.append(stage.get("layers").asLong()).append(' ');
        }
        assertThat(sum).isEqualTo(16_060_522_496L);
        assertThat(layers.toString()).as("as vLLM deals out 32 layers").isEqualTo("6 6 7 7 6 ");
    }

    @Test
    void adaptersTakeRankTimesInputsAndOutputs() {
        String[] common = {"fit", "llama-3.1-8b", "--gpu", "h100"};
        long without = bytes(Run.json(common), "weightBytes");
        long with = bytes(
                Run.json("fit", "llama-3.1-8b", "--gpu", "h100", "--lora-rank", "16", "--max-loras", "4"),
                "weightBytes");
        long ofOne = 32L * 16 * (2 * (4_096 + 4_096) + 2 * (4_096 + 1_024) + 3 * (4_096 + 14_336));
        assertThat(ofOne).as("the trainable parameters that PEFT prints").isEqualTo(41_943_040);
        assertThat(with - without).isEqualTo(4 * ofOne * 2);
    }

    @Test
    void aDraftBringsItsWeightsAndItsCache() {
        JsonNode alone = Run.json("fit", "llama-3.1-8b", "--gpu", "h100");
        JsonNode both = Run.json("fit", "llama-3.1-8b", "--gpu", "h100", "--draft", "llama-3.2-1b");
        assertThat(bytes(both, "weightBytes") - bytes(alone, "weightBytes")).isEqualTo(2 * 1_235_814_400L);
        assertThat(both.at("/keyValueCache/bytesPerToken").asLong()).isEqualTo(LLAMA_TOKEN + 2 * 16 * 8 * 64 * 2);
    }

    @ParameterizedTest
    @CsvSource({
        "gpus, llama-3.1-70b --max-model-len 8192, 2",
        "dtype, qwen3-32b --max-model-len 8192, fp8",
        "kv-cache-dtype, llama-3.1-8b --max-model-len 90000, fp8",
        "max-num-seqs, llama-3.1-8b --max-model-len 8192, 5"
    })
    void otherLimitsAreSolvedToo(String question, String asked, String value) {
        boolean isSmall = asked.startsWith("llama-3.1-8b");
        String device = isSmall ? "rtx-4090" : question.equals("dtype") ? "l40s" : "h100";
        String[] words = ("fit " + asked + " --gpu " + device + " --solve " + question).split(" ", -1);
        JsonNode answer = Run.json(words);
        assertThat(answer.at("/solved/value").asString()).isEqualTo(value);
        assertThat(answer.get("feasibility").asString()).isEqualTo("fits");
    }

    @Test
    void aModelLargerThanAnyLayoutIsToldHowManyDevicesWouldDo() {
        JsonNode answer =
                Run.json("fit", "llama-3.1-405b", "--gpu", "rtx-4090:8", "--tp", "8", "--max-model-len", "8192");
        assertThat(answer.get("feasibility").asString()).isEqualTo("does-not-fit");
        String last = answer.get("try").get(0).asString();
        assertThat(last).matches("--gpu rtx-4090:\\d+ --tensor-parallel-size 8 --pipeline-parallel-size \\d+");
        String[] words = ("fit llama-3.1-405b --max-model-len 8192 " + last).split(" ", -1);
        assertThat(Run.json(words).get("feasibility").asString()).isEqualTo("fits");
    }

    @Test
    void severalKindsOfDeviceAreAnsweredEach() {
        JsonNode answers = Run.json("fit", "llama-3.1-8b", "--gpu", "rtx-4090,h100");
        assertThat(answers.size()).isEqualTo(2);
        assertThat(answers.at("/0/device/name").asString()).isEqualTo("rtx-4090");
        assertThat(answers.at("/1/feasibility").asString()).isEqualTo("fits");
    }

    @Test
    void withoutAModelTheCatalogueIsTried() {
        JsonNode answer = Run.json("fit", "--gpu", "rtx-4090");
        boolean hasLlama = false;
        for (JsonNode row : answer.get("fitting")) {
            assertThat(row.get("reference").asString()).isNotEqualTo("llama-3.1-405b");
            if (row.get("reference").asString().equals("llama-3.1-8b")) {
                hasLlama = true;
                assertThat(row.get("weightType").asString()).isEqualTo("bf16");
                assertThat(row.get("maxModelLen").asLong()).isEqualTo(46_752);
            }
        }
        assertThat(hasLlama).isTrue();
        assertThat(Run.of("fit", "--gpu", "rtx-4090").answered().out()).doesNotContainPattern(".{81}");
    }

    /// Two stages of 16 layers, or the last 20 layers on one device: of the first ten, none or some are there.
    @ParameterizedTest
    @CsvSource({"--pp 2, 10", "--gpu-layers 21, 0", "--gpu-layers 26, 3"})
    void expertsOnTheHostAreThoseOfTheFirstLayers(String split, int layers) {
        String common = "fit mixtral-8x7b --gpu h100 --engine llamacpp --max-model-len 4096 " + split;
        long whole = stageWeights(Run.json(common.split(" ", -1)));
        long left = stageWeights(Run.json((common + " --n-cpu-moe 10").split(" ", -1)));
        assertThat(whole - left).isEqualTo(layers * 8L * 3 * 4_096 * 14_336 * 2);
    }

    private static long stageWeights(JsonNode answer) {
        long sum = 0;
        for (JsonNode stage : answer.at("/memory/stages")) {
            sum += stage.get("weightBytes").asLong();
        }
        return sum;
    }

    @Test
    void nothingOnTheDevicesIsAnAnswerToo() {
        JsonNode answer =
                Run.json("fit", "llama-3.1-8b", "--gpu", "h100:2", "--engine", "llamacpp", "--gpu-layers", "0");
        assertThat(stageWeights(answer)).isZero();
        assertThat(answer.get("feasibility").asString()).isEqualTo("fits");
    }

    @Test
    void whatFilesHoldIsTakenAsItIs(@TempDir Path folder) {
        Path file = folder.resolve("tiny.gguf");
        TinyLlama.gguf(file);
        long stored = Run.json("model", file.toString()).at("/weights/bytes").asLong();
        assertThat(bytes(Run.json("fit", file.toString(), "--gpu", "l4"), "weightBytes"))
                .isEqualTo(stored);
        long half = bytes(Run.json("fit", file.toString(), "--gpu", "l4:2", "--tp", "2"), "weightBytes");
        assertThat(half).isBetween(stored / 2, stored * 51 / 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm", "vllm@0.19", "trtllm", "sglang", "llamacpp", "ideal"})
    void everyLineOfEveryEngineIsArithmetic(String engine) {
        for (String model : new String[] {"llama-3.1-8b", "gemma-3-27b", "qwen3-next-80b-a3b", "deepseek-v3"}) {
            String[] words = ("fit " + model + " --gpu h200:8 --explain --lora-rank 8 --max-num-seqs 3 --engine "
                            + engine + (engine.equals("llamacpp") ? "" : " --tp 8"))
                    .split(" ", -1);
            JsonNode answer = Run.json(words);
            for (JsonNode line : answer.get("explanations")) {
                assertThat(Arithmetic.evaluate(line.get("substituted").asString()))
                        .as("%s: %s", model, line)
                        .isEqualByComparingTo(line.get("value").decimalValue());
            }
            assertThat(bytes(answer, "weightBytes")
                            + bytes(answer, "runtimeBytes")
                            + bytes(answer, "activationBytes")
                            + bytes(answer, "keyValueCacheBytes"))
                    .as("all that is there fills the budget")
                    .isEqualTo(bytes(answer, "budgetBytes"));
        }
    }
}
