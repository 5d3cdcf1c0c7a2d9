package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.MathType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// The laws of a device's training kernels in bf16.
///
/// Fitted by the mean of |ln(predicted / measured)| to three quarters of the shapes that MooreThreads/SimuMax publishes
/// for A100-PCIe and B200 (bf16, 4,096 tokens mostly); the shapes held out were drawn with seed 1912 within each kernel
/// and device. Mean error of the time on the shapes fitted and, behind the stroke, on those held out, in percent:
///
/// | kernel | A100 | B200 |
/// |---|---|---|
/// | matrix product | 3.7 / 4.4 | 10.6 / 9.1 |
/// | weight gradient | 2.8 / 6.1 | 11.2 / 11.8 |
/// | grouped product | 2.0 / 5.4 | 13.1 / 13.9 |
/// | grouped weight gradient | 0.1 / 5.2 | 16.1 / 15.5 |
/// | attention forward | 1.6 / 1.8 | 4.2 / 12.8 |
/// | the same, wide | 0.0 / 3.3 | 3.8 / 13.8 |
/// | attention backward | 2.6 / 0.3 | 2.7 / 13.3 |
/// | the same, wide | 0.1 / 0.1 | 0.3 / 3.9 |
///
/// On the B200 one constant efficiency is as good for matrix products (10.5 / 10.8): what is left is the choice of
/// kernels by cuBLAS, not size. The smallest shapes have 7 GFLOPs (B200) and 17 GFLOPs (A100): below, the law is too slow
/// at a start of `half / (limit peak)` = 29 us on the A100, and [MatrixProductLaw] is better.
///
/// The A100's four smaller groups hold one to six shapes: they are read, not tested.
///
/// @param system the device they were measured on
public record TrainingKernels(String system, Map<TrainingKernel, SaturatingLaw> laws) {
    private static final double A100_PEAK = 312e12;
    private static final double H100_PEAK = 989.4e12;
    private static final double B200_PEAK = 2250e12;
    private static final String SIMUMAX = "fitted to the kernels that MooreThreads/SimuMax measured on ";

    private static final TrainingKernels A100 = new TrainingKernels(
            "a100-80g-pcie",
            laws(
                    new SaturatingLaw(0.752, 6.8e9),
                    new SaturatingLaw(0.714, 5.2e9),
                    new SaturatingLaw(0.756, 92),
                    new SaturatingLaw(0.823, 360),
                    new SaturatingLaw(0.668, 24.7e9),
                    new SaturatingLaw(0.547, 13.3e9),
                    new SaturatingLaw(0.53, 33.5e9),
                    new SaturatingLaw(0.405, 16.3e9)));

    private static final TrainingKernels B200 = new TrainingKernels(
            "b200",
            laws(
                    new SaturatingLaw(0.496, 5.8e9),
                    new SaturatingLaw(0.48, 5.8e9),
                    new SaturatingLaw(0.496, 219),
                    new SaturatingLaw(0.43, 385),
                    new SaturatingLaw(0.582, 92.2e9),
                    new SaturatingLaw(0.406, 5.1e9),
                    new SaturatingLaw(0.42, 23.7e9),
                    new SaturatingLaw(0.328, 32.2e9)));

    /// Matrix products by AIConfigurator's H100 measurements (share 0.772 and 3.8 us, TensorRT-LLM), attention forward
    /// likewise (0.642 and 11.4 us, SGLang); the rest in the mean proportion that A100 and B200 have to those: weight
    /// gradients 0.96 of products, grouped 1, wide attention 0.76, backward 0.76 of forward, wide backward 0.58.
    private static final TrainingKernels H100 = new TrainingKernels(
            "h100",
            laws(
                    new SaturatingLaw(0.772, 2.9e9),
                    new SaturatingLaw(0.741, 2.9e9),
                    new SaturatingLaw(0.772, 156),
                    new SaturatingLaw(0.741, 372),
                    new SaturatingLaw(0.642, 7.2e9),
                    new SaturatingLaw(0.488, 7.2e9),
                    new SaturatingLaw(0.488, 7.2e9),
                    new SaturatingLaw(0.372, 7.2e9)));

    /// In fp8 large products reach about three quarters of the share they reach in bf16. Source: AIConfigurator's
    /// measurements, 0.561 against 0.772 on the H100 and 0.504 against 0.673 on the B200, quantisation included.
    private static final double FP8_SHARE = 0.74;

    public TrainingKernels {
        laws = Collections.unmodifiableMap(new EnumMap<>(laws));
    }

    /// The laws of a device: its own, or those of the nearest relative with its start-up times.
    public static Fitted<TrainingKernels> of(Accelerator accelerator) {
        return switch (accelerator.architecture()) {
            case "hopper" ->
                taken(
                        H100_PEAK,
                        new Fitted<>(
                                H100,
                                "AIConfigurator's measurements on the H100; gradients and groups in proportion to A100"
                                        + " and B200",
                                Provenance.ASSUMED),
                        accelerator);
            case "blackwell" ->
                taken(B200_PEAK, new Fitted<>(B200, SIMUMAX + B200.system, Provenance.PUBLISHED), accelerator);
            default -> taken(A100_PEAK, new Fitted<>(A100, SIMUMAX + A100.system, Provenance.PUBLISHED), accelerator);
        };
    }

    /// One of them.
    ///
    /// @param type in what the kernel multiplies: fp8 recipes too take attention in bf16
    public SaturatingLaw law(TrainingKernel kernel, MathType type) {
        SaturatingLaw law = requireLaw(kernel);
        return switch (type) {
            case FP32, TF32, FP16, BF16 -> law;
            case FP8, INT8, INT4, FP4 -> law.slower(FP8_SHARE);
        };
    }

    private SaturatingLaw requireLaw(TrainingKernel kernel) {
        SaturatingLaw law = laws.get(kernel);
        if (law == null) {
            throw new IllegalStateException("no law for " + kernel);
        }
        return law;
    }

    private static Fitted<TrainingKernels> taken(
            double peak, Fitted<TrainingKernels> measured, Accelerator accelerator) {
        TrainingKernels known = measured.law();
        if (known.system.equals(accelerator.name())) {
            return measured;
        }
        double own = accelerator
                .peak(MathType.BF16)
                .or(() -> accelerator.peak(MathType.FP16))
                .or(() -> accelerator.peak(MathType.FP32))
                .map(figure -> figure.value())
                .orElse(peak);
        Map<TrainingKernel, SaturatingLaw> scaled = new EnumMap<>(TrainingKernel.class);
        known.laws.forEach((kernel, law) -> scaled.put(
                kernel,
                switch (kernel) {
                    case GROUPED_PRODUCT, GROUPED_WEIGHT_GRADIENT -> law;
                    case MATRIX_PRODUCT,
                            WEIGHT_GRADIENT,
                            ATTENTION_FORWARD,
                            ATTENTION_FORWARD_WIDE,
                            ATTENTION_BACKWARD,
                            ATTENTION_BACKWARD_WIDE -> law.onPeak(own / peak);
                }));
        return new Fitted<>(
                new TrainingKernels(known.system, scaled), "taken from " + known.system, Provenance.ASSUMED);
    }

    private static Map<TrainingKernel, SaturatingLaw> laws(SaturatingLaw... inOrder) {
        Map<TrainingKernel, SaturatingLaw> laws = new EnumMap<>(TrainingKernel.class);
        TrainingKernel[] kernels = TrainingKernel.values();
        for (int i = 0; i < kernels.length; i++) {
            laws.put(kernels[i], inOrder[i]);
        }
        return laws;
    }
}
