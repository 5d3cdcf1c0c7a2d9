package dev.plimsoll.formats.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.fixtures.CpuTime;
import dev.plimsoll.formats.fixtures.DeepSeekV3;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of hundreds of gigabytes, sparse on the disk: only their headers are read, within the 256 MiB of these tests.
class VeryLargeCheckpointTest {
    // A third of it when the machine is idle; the rest is for interpreted code while the compiler threads wait.
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @Test
    void a671BillionParameterSetOf163ShardsIsCountedExactly(@TempDir Path folder) {
        Path index = DeepSeekV3.writeSafetensors(folder);

        CpuTime watch = CpuTime.started();
        Checkpoint checkpoint =
                ModelFiles.find(index).checkpoint().orElseThrow().read();
        Duration elapsed = watch.elapsed();

        System.out.println(
                "measured: 163 shards, " + checkpoint.tensors().size() + " tensors in " + elapsed.toMillis() + " ms");
        assertThat(checkpoint.files()).hasSize(163);
        assertThat(checkpoint.elements()).isEqualTo(DeepSeekV3.STORED_ELEMENTS);
        // 671,026,419,200 parameters, the draft layer, its copies of embedding and head, and the scales.
        assertThat(checkpoint.elements())
                .isEqualTo(671_026_419_200L + 11_610_068_224L + 2L * 129_280 * 7168 + 41_540_496L);
        assertThat(checkpoint.notes()).isEmpty();
        assertThat(elapsed).isLessThan(LIMIT);
    }

    @Test
    void a400GigabyteGgufIsCountedExactly(@TempDir Path folder) {
        Path file = folder.resolve("model.gguf");
        DeepSeekV3.writeGguf(file);

        CpuTime watch = CpuTime.started();
        Checkpoint checkpoint = ModelFiles.find(file).checkpoint().orElseThrow().read();
        Duration elapsed = watch.elapsed();

        System.out.println("measured: " + checkpoint.fileBytes() + " GGUF, "
                + checkpoint.tensors().size() + " tensors in " + elapsed.toMillis() + " ms");
        assertThat(checkpoint.fileBytes().count()).isGreaterThan(400_000_000_000L);
        assertThat(checkpoint.elements()).isEqualTo(671_026_419_200L);
        assertThat(elapsed).isLessThan(LIMIT);
    }
}
