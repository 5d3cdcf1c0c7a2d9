package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `plimsoll import`: a launch file is the same question as the flags of `train`.
class ImportAnswerTest {
    @TempDir
    private Path folder;

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String megatron() throws IOException {
        return file("run.sh", """
                torchrun --nproc_per_node 8 --nnodes 16 pretrain_gpt.py --num-layers 48 --hidden-size 6144 \\
                  --num-attention-heads 64 --seq-length 2048 --max-position-embeddings 2048 --micro-batch-size 4 \\
                  --global-batch-size 512 --tensor-model-parallel-size 8 --pipeline-model-parallel-size 2 --bf16 \\
                  --use-distributed-optimizer --sequence-parallel --recompute-granularity full \\
                  --recompute-method uniform --recompute-num-layers 1 --hidden-dropout 0 --attention-dropout 0
                """);
    }

    @Test
    void aMegatronCommandLineIsAnsweredAsTrainDoes() throws IOException {
        JsonNode imported = Run.json("import", megatron(), "--gpu", "a100-80g");
        JsonNode asked = Run.json(("train --num-layers 48 --hidden-size 6144 --num-attention-heads 64 --seq-length 2048"
                        + " --max-position-embeddings 2048 --micro-batch-size 4 --global-batch-size 512 --tp 8 --pp 2"
                        + " --sequence-parallel --zero 1 --recompute full --optimizer adam --gpu a100-80g:128 --etp 1")
                .split(" "));
        assertThat(imported.at("/layout/devices").asInt()).isEqualTo(128);
        assertThat(imported.get("memory")).isEqualTo(asked.get("memory"));
        assertThat(imported.at("/import/framework").asString()).isEqualTo("megatron");
        assertThat(imported.at("/import/understood")).hasSizeGreaterThan(10);
        assertThat(asked.get("import").isNull()).isTrue();
    }

    @Test
    void flagsBesideTheFileGoFirst() throws IOException {
        JsonNode answer = Run.json("import", megatron(), "--tp", "4", "--recompute", "none", "--gpu", "h100:64");
        assertThat(answer.at("/layout/tensor").asInt()).isEqualTo(4);
        assertThat(answer.at("/layout/data").asInt()).as("64 / (4 x 2)").isEqualTo(8);
        assertThat(answer.at("/method/recompute").asString()).isEqualTo("none");
    }

    @Test
    void aDeepSpeedFileNeedsAModelBesideIt() throws IOException {
        String config = file("ds.json", """
                {"train_batch_size": 64, "train_micro_batch_size_per_gpu": 1, "gradient_accumulation_steps": 8,
                 "zero_optimization": {"stage": 3}, "bf16": {"enabled": true}}""");
        assertThat(Run.of("import", config).refused(2).cause()).contains("no model");
        JsonNode answer = Run.json("import", config, "llama-3.1-8b", "--gpu", "h100");
        assertThat(answer.at("/layout/zero").asInt()).isEqualTo(3);
        assertThat(answer.at("/layout/devices").asInt())
                .as("64 / (1 x 8) replicas")
                .isEqualTo(8);
        assertThat(answer.at("/method/framework").asString()).isEqualTo("deepspeed");
    }

    @Test
    void aTorchtitanFileNamesItsModel() throws IOException {
        String config = file("tt.toml", """
                [model]
                name = "llama3"
                flavor = "8B"
                [training]
                local_batch_size = 1
                seq_len = 8192
                [parallelism]
                data_parallel_shard_degree = -1
                tensor_parallel_degree = 2
                """);
        JsonNode answer = Run.json("import", config, "--gpu", "h100:64");
        assertThat(answer.at("/model/name").asString()).isEqualTo("Llama-3.1-8B");
        assertThat(answer.at("/layout/tensor").asInt()).isEqualTo(2);
        assertThat(answer.at("/layout/data").asInt()).isEqualTo(32);
    }

    @Test
    void whatIsNoLaunchFileIsRefused() throws IOException {
        Run.of("import", folder.resolve("missing").toString()).refused(4);
        Run.of("import", folder.toString()).refused(4);
        Run broken = Run.of("import", file("broken.json", "{\"a\": "));
        broken.refused(4);
        Run.of("import").refused(2);
    }
}
