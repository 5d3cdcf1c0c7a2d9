package dev.plimsoll.formats.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.launch.LaunchImport.Ignored;
import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeepSpeedReaderTest {
    @Test
    void threeBatchSizesTellTheReplicas() {
        LaunchImport read = read("""
                {
                  "train_batch_size": 256, "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 2,
                  "zero_optimization": {
                    "stage": 3, "mics_shard_size": 8, "overlap_comm": true,
                    "offload_optimizer": {"device": "cpu", "pin_memory": true}, "offload_param": {"device": "none"}
                  },
                  "bf16": {"enabled": true}, "data_types": {"grad_accum_dtype": "fp32"},
                  "optimizer": {"type": "AdamW", "params": {"lr": 3e-4}},
                  "tensor_parallel": {"autotp_size": 2}, "gradient_clipping": 1.0
                }
                """);
        LaunchSettings settings = read.settings();
        assertThat(settings.framework()).isEqualTo(LaunchFramework.DEEPSPEED);
        // 256 / (4 x 2) = 32 replicas of 2 devices.
        assertThat(settings.layout().devices()).hasValue(64);
        assertThat(settings.layout().on(64).data()).isEqualTo(new Parallelism.DataParallel(32, 8, Sharding.WEIGHTS));
        assertThat(settings.method().offloaded()).containsExactly(Offloaded.OPTIMIZER_STATES);
        assertThat(settings.method().precision()).contains(LaunchPrecision.mixed(DataType.BF16, DataType.F32));
        assertThat(settings.method().optimizer()).contains("adamw");
        assertThat(settings.method().recomputation()).isEqualTo(new Recomputes.Unsaid());
        assertThat(read.ignored())
                .contains(new Ignored("gradient_clipping", "1.0", "changes neither memory nor time of a step by much"));
    }

    @Test
    void whatIsLeftToTheProgramIsSaidToBeLeftOpen() {
        LaunchImport read = read("{\"train_batch_size\": \"auto\", \"zero_optimization\": {\"stage\": 2}}");
        assertThat(read.ignored())
                .containsExactly(
                        new Ignored("train_batch_size", "auto", "left open: the launching program fills it in"));
        assertThat(read.settings().batch().globalBatch()).isEmpty();
        assertThat(read.settings().layout().sharding()).isEqualTo(Sharding.GRADIENTS);
        assertThat(read.settings().method().precision()).contains(LaunchPrecision.FULL);
    }

    @Test
    void microBatchesAndReplicasMakeUpAGlobalBatchThatIsNotGiven() {
        LaunchBatch batch = read("{\"train_micro_batch_size_per_gpu\": 4, \"gradient_accumulation_steps\": 2}")
                .settings()
                .batch();
        assertThat(batch.globalBatch(16)).hasValue(4 * 2 * 16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'train_batch_size': 10, 'train_micro_batch_size_per_gpu': 4}; train_batch_size 10",
                "{'train_batch_size': 8, 'train_micro_batch_size_per_gpu': 4, 'gradient_accumulation_steps': 4}; the product",
                "{'zero_optimization': {'stage': 4}}; found 4, expected 0, 1, 2 or 3",
                "{'zero_optimization': {'stage': '2'}}; expected a whole number",
                "{'bf16': {'enabled': true}, 'fp16': {'enabled': true}}; bf16.enabled beside fp16.enabled",
                "{'bf16': {'enabled': 1}}; found 1, expected true or false",
                "{'zero_optimization': {'offload_param': {'device': 'moon'}}}; expected none, cpu or nvme",
                "{'train_batch_size': 0}; expected a whole number of at least 1",
                "{'train_batch_size': 1; end-of-input",
            })
    void whatCannotBeMeantIsRefused(String text, String cause) {
        assertThatThrownBy(() -> read(text.replace('\'', '"')))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cause);
    }

    private static LaunchImport read(String text) {
        return LaunchReader.read("ds.json", text.getBytes(StandardCharsets.UTF_8));
    }
}
