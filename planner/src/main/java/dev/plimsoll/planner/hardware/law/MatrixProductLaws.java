package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import java.util.List;

/// The fitted [MatrixProductLaw] of each device, backend and format that was measured, and which one stands in for
/// those that were not: the same backend on a sibling chip, else any backend there, else the H100's.
public final class MatrixProductLaws {
    private static final String SOURCE = "fitted to AIConfigurator's measured matrix products on ";
    private static final double PERCENT = 100;
    private static final double MICROSECONDS = 1e6;

    private record Row(String system, Backend backend, ProductFormat format, MatrixProductLaw law) {}

    private static final List<Row> ROWS = List.of(
            row("h100", Backend.TENSORRT_LLM, ProductFormat.BF16, 0.794, 0.826, 3.4, 3.3, 0, 0.08, 6.8, 15),
            row("h100", Backend.VLLM, ProductFormat.BF16, 0.835, 0.875, 3.5, 3.5, 0, 0.13, 7.3, 16),
            row("h100", Backend.SGLANG, ProductFormat.BF16, 0.771, 0.848, 3.8, 3.4, 0, 0.08, 7.7, 17),
            row("h100", Backend.TENSORRT_LLM, ProductFormat.FP8, 0.771, 0.816, 12.6, 3.5, 2.7, 0.24, 4.2, 9.6),
            row("h100", Backend.VLLM, ProductFormat.FP8, 0.728, 0.829, 6.4, 1.7, 3.6, 0.36, 14, 32),
            row("h100", Backend.TENSORRT_LLM, ProductFormat.FP8_BLOCK, 0.699, 0.857, 5.6, 1.0, 2.0, 0.01, 14, 32),
            row("h200", Backend.TENSORRT_LLM, ProductFormat.BF16, 0.801, 0.823, 3.7, 2.9, 0, 0.07, 7.5, 16),
            row("h200", Backend.VLLM, ProductFormat.BF16, 0.824, 0.829, 3.7, 3.5, 0, 0.10, 7.7, 17),
            row("h200", Backend.TENSORRT_LLM, ProductFormat.FP8, 0.776, 0.817, 12.7, 2.9, 3.4, 0.23, 4.5, 11),
            row("b200", Backend.TENSORRT_LLM, ProductFormat.BF16, 0.681, 0.750, 3.0, 2.6, 0, 0, 10, 24),
            row("b200", Backend.VLLM, ProductFormat.BF16, 0.714, 0.805, 3.3, 2.6, 0, 0, 10, 25),
            row("b200", Backend.TENSORRT_LLM, ProductFormat.FP8, 0.702, 0.759, 15.0, 1.7, 3.1, 0, 5.9, 13),
            row("b200", Backend.TENSORRT_LLM, ProductFormat.FP8_BLOCK, 0.681, 0.783, 6.8, 1.9, 1.3, 0.04, 10, 24),
            row("b200", Backend.TENSORRT_LLM, ProductFormat.NVFP4, 0.496, 0.541, 9.2, 2.2, 2.3, 0, 18, 42),
            row("b200", Backend.VLLM, ProductFormat.NVFP4, 0.549, 0.732, 7.4, 1.4, 1.3, 0.06, 12, 26),
            row("a100-80g", Backend.SGLANG, ProductFormat.BF16, 0.792, 0.761, 6.4, 1.6, 0, 0.05, 8.2, 19),
            row("l40s", Backend.VLLM, ProductFormat.BF16, 0.647, 0.799, 1.1, 2.4, 0, 0.07, 15, 30),
            row("l40s", Backend.VLLM, ProductFormat.FP8, 0.642, 0.738, 4.2, 2.2, 1.2, 1.05, 18, 40),
            row("gb200", Backend.TENSORRT_LLM, ProductFormat.BF16, 0.655, 0.723, 2.9, 2.8, 0, 0, 11, 24),
            row("gb200", Backend.TENSORRT_LLM, ProductFormat.FP8, 0.636, 0.764, 14.7, 1.7, 3.2, 0, 5.7, 13),
            row("rtx-pro-6000", Backend.VLLM, ProductFormat.BF16, 0.863, 0.848, 2.6, 1.7, 0, 0.05, 10, 24));

    private MatrixProductLaws() {}

    /// The law for a device, with what it is taken from.
    public static Fitted<MatrixProductLaw> of(Accelerator accelerator, Backend backend, ProductFormat format) {
        Row nearest = ROWS.getFirst();
        int best = Integer.MAX_VALUE;
        for (Row row : ROWS) {
            int distance = Siblings.distance(accelerator, row.system())
                    + (row.backend() == backend ? 0 : 2)
                    + (row.format() == format ? 0 : 16);
            if (distance < best) {
                best = distance;
                nearest = row;
            }
        }
        boolean measured = nearest.system().equals(accelerator.name()) && nearest.format() == format;
        return new Fitted<>(
                nearest.law(),
                (measured ? SOURCE : "taken from those " + SOURCE) + nearest.system() + " with " + nearest.backend(),
                measured ? Provenance.PUBLISHED : Provenance.ASSUMED);
    }

    private static Row row(
            String system,
            Backend backend,
            ProductFormat format,
            double compute,
            double bandwidth,
            double startMicroseconds,
            double exponent,
            double quantisation,
            double depth,
            double meanPercent,
            double widestPercent) {
        return new Row(
                system,
                backend,
                format,
                new MatrixProductLaw(
                        compute,
                        bandwidth,
                        startMicroseconds / MICROSECONDS,
                        exponent,
                        quantisation,
                        depth,
                        meanPercent / PERCENT,
                        widestPercent / PERCENT));
    }
}
