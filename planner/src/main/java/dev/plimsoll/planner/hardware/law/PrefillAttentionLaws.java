package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import java.util.List;

/// The fitted [PrefillAttentionLaw] of each device and backend that was measured, and which stands in for the others.
public final class PrefillAttentionLaws {
    private static final String SOURCE = "fitted to AIConfigurator's measured attention on ";
    private static final double PERCENT = 100;
    private static final double MICROSECONDS = 1e6;

    private record Row(String system, Backend backend, PrefillAttentionLaw law) {}

    private static final List<Row> ROWS = List.of(
            row("h100", Backend.TENSORRT_LLM, 0.571, 413, 0.51, 15.6, 5.7, 13),
            row("h100", Backend.VLLM, 0.685, 0, 0.42, 13.8, 8.3, 20),
            row("h100", Backend.SGLANG, 0.642, 0, 0.57, 11.4, 6.9, 15),
            row("h200", Backend.TENSORRT_LLM, 0.566, 671, 0.64, 15.6, 5.2, 12),
            row("h200", Backend.VLLM, 0.672, 0, 0.32, 13.8, 8.0, 20),
            row("b200", Backend.TENSORRT_LLM, 0.552, 1075, 0.40, 18.4, 6.8, 15),
            row("b200", Backend.VLLM, 0.596, 0, 0.30, 14.5, 12, 27),
            row("a100-80g", Backend.TENSORRT_LLM, 0.487, 240, 0.53, 16.3, 4.4, 12),
            row("a100-80g", Backend.VLLM, 0.583, 0, 0.42, 14.2, 11, 29));

    private PrefillAttentionLaws() {}

    /// The law for a device: the same backend on it or a sibling, else TensorRT-LLM's.
    public static Fitted<PrefillAttentionLaw> of(Accelerator accelerator, Backend backend) {
        Row nearest = ROWS.getFirst();
        int best = Integer.MAX_VALUE;
        for (Row row : ROWS) {
            int distance = Siblings.distance(accelerator, row.system()) + (row.backend() == backend ? 0 : 2);
            if (distance < best) {
                best = distance;
                nearest = row;
            }
        }
        boolean measured = nearest.system().equals(accelerator.name());
        return new Fitted<>(
                nearest.law(),
                (measured ? SOURCE : "taken from those " + SOURCE) + nearest.system() + " with " + nearest.backend(),
                measured ? Provenance.PUBLISHED : Provenance.ASSUMED);
    }

    private static Row row(
            String system,
            Backend backend,
            double compute,
            double shortage,
            double bandwidth,
            double startMicroseconds,
            double meanPercent,
            double widestPercent) {
        return new Row(
                system,
                backend,
                new PrefillAttentionLaw(
                        compute,
                        shortage,
                        bandwidth,
                        startMicroseconds / MICROSECONDS,
                        meanPercent / PERCENT,
                        widestPercent / PERCENT));
    }
}
