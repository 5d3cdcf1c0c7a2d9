package dev.plimsoll.planner.hardware.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.hardware.MathType;
import dev.plimsoll.planner.hardware.Unit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The devices that are built in, and files that add to them.
class DevicesTest {
    private static final Devices BUILT_IN = Devices.builtIn();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v100",
                "a100-40g",
                "a100-80g",
                "a100-80g-pcie",
                "h100",
                "h100-pcie",
                "h100-nvl",
                "h200",
                "h20",
                "h800",
                "a800",
                "b200",
                "b300",
                "gb200",
                "gb300",
                "l4",
                "l40s",
                "a10",
                "a40",
                "t4",
                "rtx-3070",
                "rtx-3080",
                "rtx-3090",
                "rtx-4080",
                "rtx-4090",
                "rtx-5090",
                "rtx-a6000",
                "rtx-4000-ada",
                "rtx-5000-ada",
                "rtx-6000-ada",
                "rtx-pro-6000",
                "mi250x",
                "mi300x",
                "mi325x",
                "mi355x",
                "gaudi2",
                "gaudi3",
                "tpu-v4",
                "tpu-v5e",
                "tpu-v5p",
                "tpu-v6e",
                "m1-max",
                "m2-ultra",
                "m3-max",
                "m4-max"
            })
    void everyNamePeopleAskForIsThere(String name) {
        assertThat(BUILT_IN.require("--gpu", name).name()).isEqualTo(name);
    }

    /// Dense peaks of the vendors' data sheets: those with sparsity are twice as large.
    @ParameterizedTest
    @CsvSource({
        "v100, FP16, 125, 900",
        "a100-40g, BF16, 312, 1555",
        "a100-80g, BF16, 312, 2039",
        "a100-80g-pcie, BF16, 312, 1935",
        "h100, BF16, 989.4, 3350",
        "h100, FP8, 1978.9, 3350",
        "h200, BF16, 989.4, 4800",
        "h20, BF16, 148, 4000",
        "b200, FP8, 4500, 7700",
        "gb200, FP4, 10000, 8000",
        "l40s, FP8, 733, 864",
        "rtx-4090, BF16, 165.2, 1008",
        "mi300x, FP8, 2614.9, 5300",
        "mi325x, BF16, 1307.4, 6000",
        "gaudi2, BF16, 432, 2460",
        "tpu-v5p, BF16, 459, 2765"
    })
    void peaksAndBandwidthsAreThoseOfTheDataSheets(String name, MathType type, double teraflops, double gigabytes) {
        Accelerator accelerator = BUILT_IN.require("--gpu", name);
        assertThat(accelerator.peak(type).orElseThrow().value()).isEqualTo(teraflops * 1e12);
        assertThat(accelerator.memoryBandwidth().value()).isEqualTo(gigabytes * 1e9);
    }

    @Test
    void everyFigureHasAUnitASourceAndAProvenance() {
        assertThat(BUILT_IN.accelerators().size()).isGreaterThan(44);
        for (Accelerator accelerator : BUILT_IN.accelerators().values()) {
            for (Figure figure : figures(accelerator)) {
                assertThat(figure.source())
                        .as("%s: %s", accelerator.name(), figure)
                        .hasSizeGreaterThan(8)
                        .doesNotContain("said by");
                assertThat(figure.provenance())
                        .as("%s", figure)
                        .isIn(Provenance.DATASHEET, Provenance.PUBLISHED, Provenance.ASSUMED);
            }
            assertThat(accelerator.node().domain())
                    .isGreaterThanOrEqualTo(accelerator.node().devices());
        }
    }

    /// Halving the bits never slows matrix products down, and at most makes them two and a half times as fast.
    @Test
    void peaksOfOneDeviceAgreeWithEachOther() {
        for (Accelerator accelerator : BUILT_IN.accelerators().values()) {
            accelerator.peak(MathType.BF16).ifPresent(half -> {
                accelerator
                        .peak(MathType.FP16)
                        .ifPresent(other ->
                                assertThat(other.value()).as(accelerator.name()).isEqualTo(half.value()));
                accelerator
                        .peak(MathType.FP8)
                        .ifPresent(quarter -> assertThat(quarter.value() / half.value())
                                .as(accelerator.name())
                                .isBetween(1.0, 2.05));
                accelerator
                        .peak(MathType.INT8)
                        .ifPresent(quarter -> assertThat(quarter.value() / half.value())
                                .as(accelerator.name())
                                .isBetween(0.99, 4.05));
            });
        }
    }

    /// Measured: 23.55 GiB of an RTX 4090's 24, 178.35 of a B200's 180. By the rule: 80 x 89/90 = 79.11 GiB.
    @Test
    void usableMemoryIsMeasuredOrByTheStatedRule() {
        assertThat(BUILT_IN.require("--gpu", "rtx-4090").usableMemory().whole()).isEqualTo((long) (23.55 * (1L << 30)));
        Figure ruled = BUILT_IN.require("--gpu", "a100-80g").usableMemory();
        assertThat(ruled.whole()).isEqualTo(80 * (1L << 30) * 89 / 90);
        assertThat(ruled.provenance()).isEqualTo(Provenance.ASSUMED);
    }

    @Test
    void aliasesFindTheSameDevice() {
        assertThat(BUILT_IN.require("--gpu", "A100")).isSameAs(BUILT_IN.require("--gpu", "a100-80g"));
        assertThat(BUILT_IN.require("--gpu", "v5e").name()).isEqualTo("tpu-v5e");
        assertThat(BUILT_IN.names()).doesNotHaveDuplicates();
    }

    @Test
    void anUnknownNameIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> BUILT_IN.require("--gpu", "h1000"))
                .isInstanceOfSatisfying(InputException.class, failure -> {
                    assertThat(failure.getMessage()).isEqualTo("--gpu: found 'h1000', expected a device that is known");
                    assertThat(failure.remedy()).contains("h100");
                });
    }

    @Test
    void aFileAddsDevicesAndOverridesThemByKey() {
        Devices more = BUILT_IN.with("mine.yaml", """
                accelerators:
                  h100:
                    power: 500 W   # capped by the owner
                  cut-down:
                    like: h100
                    memory: 40 GiB
                    source: "our own data sheet"
                    peaks:
                      bf16: 400 TFLOP/s
                """);
        Accelerator capped = more.require("--gpu", "h100");
        assertThat(capped.power().orElseThrow())
                .isEqualTo(new Figure(500, Unit.WATTS, "said by mine.yaml", Provenance.ASSUMED));
        assertThat(capped.memory()).isEqualTo(BUILT_IN.require("--gpu", "h100").memory());
        Accelerator added = more.require("--gpu", "cut-down");
        assertThat(added.peak(MathType.BF16).orElseThrow().provenance()).isEqualTo(Provenance.DATASHEET);
        assertThat(added.peak(MathType.FP8))
                .isEqualTo(BUILT_IN.require("--gpu", "h100").peak(MathType.FP8));
        assertThat(added.usableMemory().whole()).isEqualTo(40 * (1L << 30) * 89 / 90);
        assertThat(more.ofFile()).containsExactly("h100", "cut-down");
    }

    @Test
    void anAliasStandsForItsDeviceInFilesToo() {
        Devices more = BUILT_IN.with("mine.yaml", """
                accelerators:
                  a100:
                    power: 300 W
                  half:
                    like: a100
                    memory: 40 GiB
                """);
        assertThat(more.ofFile()).containsExactly("a100-80g", "half");
        assertThat(more.require("--gpu", "a100").power().orElseThrow().value()).isEqualTo(300);
        assertThat(more.require("--gpu", "half").power().orElseThrow().value()).isEqualTo(300);
    }

    @Test
    void aFileDescribesLinksAndNodesOfItsOwn() {
        Devices more = BUILT_IN.with("mine.yaml", """
                links:
                  slow:
                    technology: pcie
                    bandwidth: 8 GB/s
                    latency: 20 us
                nodes:
                  pair:
                    devices: 2
                    scale-up: slow
                    scale-out: infiniband-hdr
                accelerators:
                  rtx-3090:
                    node: pair
                """);
        assertThat(more.require("--gpu", "rtx-3090")
                        .node()
                        .scaleUp()
                        .bytesPerSecond()
                        .value())
                .isEqualTo(8e9);
        assertThat(more.require("--gpu", "rtx-3090").node().domain()).isEqualTo(2);
    }

    private static List<Figure> figures(Accelerator accelerator) {
        List<Figure> figures = new ArrayList<>(accelerator.peaks().values());
        figures.addAll(List.of(accelerator.memory(), accelerator.usableMemory(), accelerator.memoryBandwidth()));
        accelerator.power().ifPresent(figures::add);
        figures.add(accelerator.node().scaleUp().bytesPerSecond());
        figures.add(accelerator.node().scaleOut().latency());
        return figures;
    }
}
