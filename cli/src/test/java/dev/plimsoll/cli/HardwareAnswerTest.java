package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.planner.hardware.catalogue.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `plimsoll hardware`: the devices that are known, and those of a file.
class HardwareAnswerTest {
    @TempDir
    private Path folder;

    @Test
    void allAreListed() {
        List<String> names = new ArrayList<>();
        Run.json("hardware")
                .get("hardware")
                .forEach(device -> names.add(device.get("name").asString()));
        assertThat(names).isEqualTo(List.copyOf(Devices.builtIn().accelerators().keySet()));
        assertThat(Run.of("hardware").answered().out()).contains("h100", "989.40 TFLOP/s", "80.00 GiB", "700 W");
    }

    @Test
    void everyFigureOfOneShowsItsSourceAndProvenance() {
        assertThat(Run.of("hardware", "h100").answered().out())
                .contains("NVIDIA H100 SXM 80 GB", "79.11 GiB", "published: as PyTorch", "vllm-project/vllm#27508")
                .contains("datasheet: NVIDIA H100 data sheet", "450.00 GB/s", "infiniband-ndr");
        JsonNode h100 = Run.json("hardware", "H100").at("/hardware/0");
        assertThat(h100.at("/memory/bytes").asLong()).isEqualTo(80L << 30);
        assertThat(h100.at("/memoryBandwidth/bytesPerSecond").asDouble()).isEqualTo(3.35e12);
        assertThat(h100.at("/usableMemory/provenance").asString()).isEqualTo("published");
        assertThat(h100.at("/node/scaleUp/bandwidth/bytesPerSecond").asDouble()).isEqualTo(450e9);
    }

    @Test
    void otherFormsHoldTheSame() {
        assertThat(Run.of("hardware", "l4", "-o", "csv").answered().out())
                .contains(".hardware[0].memory.bytes,25769803776");
        assertThat(Run.of("hardware", "l4", "-o", "md").answered().out()).contains("| figure | value | source |");
        assertThat(Run.of("hardware", "l4", "--units", "bytes").answered().out())
                .contains("25,769,803,776 B");
    }

    @Test
    void anUnknownNameIsRefusedWithTheNearest() {
        Run.Refusal refusal = Run.of("hardware", "h10").refused(2);
        assertThat(refusal.cause()).contains("found 'h10'");
        assertThat(refusal.remedy()).contains("h100");
    }

    @Test
    void aFileAddsAndOverrides() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), """
                accelerators:
                  h100:
                    power: 500 W
                  small:
                    like: l4
                    memory: 16 GiB
                """);
        JsonNode devices = Run.json("hardware", file.toString(), "h100").get("hardware");
        assertThat(devices).hasSize(3);
        assertThat(devices.at("/0/power/watts").asDouble()).isEqualTo(500);
        assertThat(devices.at("/0/power/provenance").asString()).isEqualTo("assumed");
        assertThat(devices.at("/1/memory/bytes").asLong()).isEqualTo(16L << 30);
        assertThat(devices.at("/2/power/watts").asDouble()).isEqualTo(500);
    }

    @Test
    void aBadFileIsRefusedByLineAndKey() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "accelerators:\n  h100:\n    power: 500\n");
        assertThat(Run.of("hardware", file.toString()).refused(4).cause())
                .contains("bad.yaml line 3, accelerators.h100.power: found '500', expected a power such as 700 W");
        Path empty = Files.writeString(folder.resolve("links.yml"), "links:\n");
        assertThat(Run.of("hardware", empty.toString()).refused(4).cause()).contains("links");
        assertThat(Run.of("hardware", folder.resolve("none.yaml").toString())
                        .refused(4)
                        .cause())
                .contains("none.yaml");
        assertThat(Run.of("hardware", folder.toString() + "/\u0000.yaml")
                        .refused(4)
                        .cause())
                .contains("\\u0000");
    }

    @Test
    void aFileMayBringACount() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), "accelerators:\n  mine:\n    like: l4\n");
        assertThat(RequestedDevices.read("--gpu", file + ":16"))
                .singleElement()
                .satisfies(request -> assertThat(request.count()).hasValue(16));
        assertThat(RequestedDevices.read("--gpu", "minex4," + file).getFirst().count())
                .hasValue(4);
    }
}
