package dev.plimsoll.planner.hardware.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.MathType;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The published laws of matrix products, attention and kernels that move bytes, at points a reader can redo.
class KernelLawsTest {
    private static final Devices DEVICES = Devices.builtIn();
    private static final double H100_PEAK = 989.4e12;
    private static final double H100_BANDWIDTH = 3.35e12;

    /// 16,384 rows: 2 x 16384 x 8192 x 8192 = 2.199e12 FLOPs at 0.794 of 989.4 TFLOP/s and 1 + 0.08 x 1000 / 8192 take
    /// 2.827 ms; the bytes, 2 x (8192 x 8192 + 2 x 16384 x 8192), take 0.243 ms and raise that by
    /// ((0.243 / 2.827)^3.3) / 3.3 = 0.01 %.
    @Test
    void aLargeProductIsBoundByCompute() {
        double seconds = h100().seconds(16384, 8192, 8192, 2, 2, H100_PEAK, H100_BANDWIDTH);
        assertThat(seconds).isCloseTo(2.8304e-3, within(0.001e-3));
    }

    /// One row: 134.2 MB of weight at 0.826 of 3.35 TB/s take 48.5 us, and the start 3.4 us.
    @Test
    void aProductOfOneRowIsBoundByMemory() {
        double seconds = h100().seconds(1, 8192, 8192, 2, 2, H100_PEAK, H100_BANDWIDTH);
        assertThat(seconds).isCloseTo(51.9e-6, within(0.1e-6));
    }

    /// AIConfigurator's median share of peak on the H100 for N, K >= 1024: 0.35 to 0.82 between 512 and 16k rows.
    @ParameterizedTest
    @CsvSource({"512, 0.42, 0.75", "2048, 0.67, 0.81", "4096, 0.69, 0.82", "16384, 0.73, 0.82"})
    void sharesOfThePeakLieWhereTheyWereMeasured(double rows, double tenth, double ninetieth) {
        double seconds = h100().seconds(rows, 4096, 4096, 2, 2, H100_PEAK, H100_BANDWIDTH);
        assertThat(2 * rows * 4096 * 4096 / (seconds * H100_PEAK)).isBetween(tenth, ninetieth);
    }

    @Test
    void timeGrowsWithEveryDimension() {
        MatrixProductLaw law = h100();
        double before = 0;
        for (double size = 1; size < 100_000; size *= 2) {
            double seconds = law.seconds(size, 4096, 4096, 2, 2, H100_PEAK, H100_BANDWIDTH);
            assertThat(seconds).isGreaterThan(before);
            before = seconds;
        }
    }

    /// In fp8 with activations quantised on the fly: 2.7 passes of M K (2 + 1) bytes.
    @Test
    void quantisingActivationsCostsAPass() {
        MatrixProductLaw law = MatrixProductLaws.of(
                        DEVICES.require("--gpu", "h100"), Backend.TENSORRT_LLM, ProductFormat.FP8)
                .law();
        MatrixProductLaw without =
                new MatrixProductLaw(law.compute(), law.bandwidth(), law.start(), law.exponent(), 0, law.depth(), 0, 0);
        double difference = law.seconds(4096, 4096, 4096, 1, 1, 2 * H100_PEAK, H100_BANDWIDTH)
                - without.seconds(4096, 4096, 4096, 1, 1, 2 * H100_PEAK, H100_BANDWIDTH);
        assertThat(difference).isCloseTo(2.7 * 4096 * 4096 * 3 / H100_BANDWIDTH, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "h100, VLLM, BF16, h100, VLLM, PUBLISHED",
        "h200, SGLANG, BF16, h100, SGLANG, ASSUMED", // the same backend on the sibling
        "b300, VLLM, NVFP4, b200, VLLM, ASSUMED",
        "a100-80g, VLLM, BF16, a100-80g, SGLANG, PUBLISHED", // the only one there
        "rtx-4090, VLLM, FP8, l40s, VLLM, ASSUMED",
        "mi300x, VLLM, BF16, h100, VLLM, ASSUMED"
    })
    void whatWasNotMeasuredIsTakenFromTheNearest(
            String name, Backend backend, ProductFormat format, String system, Backend from, Provenance provenance) {
        Fitted<MatrixProductLaw> found = MatrixProductLaws.of(DEVICES.require("--gpu", name), backend, format);
        assertThat(found.source()).contains(" " + system + " with " + from);
        assertThat(found.provenance()).isEqualTo(provenance);
        assertThat(found.law().meanError()).isBetween(0.0, 0.2);
    }

    /// 32 heads of 128 over 8,192 tokens: 4 x 4096 x 8192 x 8193 / 2 = 5.498e11 FLOPs at 0.571 of the peak and
    /// 1 + 413 / 8192 take 1.0223 ms; 4 x 8192 x 4096 + 2 x 8 x 128 x 8192 x 2 = 167.8 MB at 0.51 of the bandwidth
    /// take 98.2 us; the start 15.6 us.
    @Test
    void attentionOverALongPromptTakesItsThreeParts() {
        PrefillAttentionLaw law = PrefillAttentionLaws.of(DEVICES.require("--gpu", "h100"), Backend.TENSORRT_LLM)
                .law();
        double seconds =
                law.seconds(new PrefillAttentionLaw.Heads(32, 8, 128, 2), 1, 8192, 0, H100_PEAK, H100_BANDWIDTH);
        assertThat(seconds).isCloseTo(1.1361e-3, within(0.001e-3));
    }

    /// Two chunks of a prompt attend to as many pairs as the prompt in one piece.
    @Test
    void aPastIsAttendedToAsWell() {
        PrefillAttentionLaw law = new PrefillAttentionLaw(0.5, 0, 1e9, 0, 0, 0);
        PrefillAttentionLaw.Heads heads = new PrefillAttentionLaw.Heads(8, 8, 128, 2);
        double whole = law.seconds(heads, 3, 4096, 0, 1e15, 1e15);
        double chunks = law.seconds(heads, 3, 2048, 0, 1e15, 1e15) + law.seconds(heads, 3, 2048, 2048, 1e15, 1e15);
        assertThat(chunks).isCloseTo(whole, within(1e-12));
    }

    @Test
    void movingBytesTakesAShareOfTheBandwidthAndAStart() {
        assertThat(MemoryBoundLaw.ELEMENTWISE.law().seconds(2.68e9, H100_BANDWIDTH))
                .isCloseTo(1e-3 + 3e-6, within(1e-9));
    }

    /// Every device has a law for every format and backend.
    @Test
    void nothingIsRefused() {
        for (Accelerator accelerator : DEVICES.accelerators().values()) {
            for (Backend backend : Backend.values()) {
                assertThat(PrefillAttentionLaws.of(accelerator, backend).source())
                        .isNotEmpty();
                for (ProductFormat format : ProductFormat.values()) {
                    double peak = accelerator
                            .peak(MathType.BF16)
                            .map(figure -> figure.value())
                            .orElse(1e13);
                    double seconds = MatrixProductLaws.of(accelerator, backend, format)
                            .law()
                            .seconds(
                                    4096,
                                    4096,
                                    4096,
                                    format.weightBytes(),
                                    format.activationBytes(),
                                    peak,
                                    accelerator.memoryBandwidth().value());
                    assertThat(seconds).isBetween(2 * 4096.0 * 4096 * 4096 / peak, 1.0);
                }
            }
        }
    }

    private static MatrixProductLaw h100() {
        return MatrixProductLaws.of(DEVICES.require("--gpu", "h100"), Backend.TENSORRT_LLM, ProductFormat.BF16)
                .law();
    }
}
