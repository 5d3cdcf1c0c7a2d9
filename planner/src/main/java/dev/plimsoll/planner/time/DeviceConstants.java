package dev.plimsoll.planner.time;

import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.hardware.MathType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What shares of their data sheets' peaks devices of one architecture reach in training.
///
/// @param architecture as [Accelerator#architecture()] names it
/// @param wattsPerTeraflop of the device it was measured on, at the 16-bit peak
/// @param products of the peak, in large matrix products kept up for long
/// @param smallDimension what a product's smallest dimension of 1,000 adds to its time, as a share
/// @param eightBitSmallDimension the same in eight bits
/// @param triton of the 16-bit peak over the pairs that are seen, of attention cores by Triton kernels
/// @param portable the same by FlashAttention-2
/// @param vendor the same by the vendor's own kernels
/// @param attentionLaunch seconds that a core takes however little it multiplies
/// @param grouped the rate of many experts' products in one kernel, as a share of other products'
/// @param source of all of them
public record DeviceConstants(
        String architecture,
        double wattsPerTeraflop,
        double products,
        double smallDimension,
        double eightBitSmallDimension,
        BothWays triton,
        BothWays portable,
        BothWays vendor,
        double attentionLaunch,
        double grouped,
        String source) {
    private static final double TERA = 1e12;
    /// Assumed of a device whose peak is not published.
    private static final double FLOPS_PER_BYTE = 35;

    /// @param forward of the peak
    /// @param backward of the peak
    public record BothWays(double forward, double backward) {}

    /// Those of a device: its architecture's, or those of the one that is nearest in power for its speed.
    ///
    /// A device that has less power for each FLOP/s of its peak keeps up a smaller share of it, since its clock falls: of
    /// three architectures measured, 1.28, 0.71 and 0.44 W a TFLOP/s keep up 0.77, 0.65 and 0.50. Between them, and so for
    /// a sibling with another power limit, the logarithm is interpolated.
    static DeviceConstants of(Accelerator device, List<DeviceConstants> known) {
        double watts = wattsPerTeraflop(device);
        DeviceConstants nearest = known.stream()
                .filter(constants -> constants.architecture.equals(device.architecture()))
                .findFirst()
                .orElseGet(() -> known.stream()
                        .min(Comparator.comparingDouble(
                                constants -> Math.abs(Math.log(constants.wattsPerTeraflop / watts))))
                        .orElseThrow());
        return nearest.withProducts(products(watts, known));
    }

    private static double wattsPerTeraflop(Accelerator device) {
        double peak = sixteenBitPeak(device) / TERA;
        return device.power().map(power -> power.value() / peak).orElse(1.0);
    }

    /// The dense peak in 16 bits, or in 32; where none is published, what a device without matrix units makes of its
    /// memory's bandwidth.
    static double sixteenBitPeak(Accelerator device) {
        return publishedPeak(device)
                .map(Figure::value)
                .orElseGet(() -> FLOPS_PER_BYTE * device.memoryBandwidth().value());
    }

    /// The dense peak in 16 bits, or in 32.
    static Optional<Figure> publishedPeak(Accelerator device) {
        return device.peak(MathType.BF16).or(() -> device.peak(MathType.FP16)).or(() -> device.peak(MathType.FP32));
    }

    private static double products(double watts, List<DeviceConstants> known) {
        List<DeviceConstants> ordered = known.stream()
                .sorted(Comparator.comparingDouble(DeviceConstants::wattsPerTeraflop))
                .toList();
        DeviceConstants below = ordered.getFirst();
        for (DeviceConstants above : ordered) {
            if (watts <= above.wattsPerTeraflop) {
                double span = Math.log(above.wattsPerTeraflop / below.wattsPerTeraflop);
                double part = span == 0 ? 0 : Math.log(watts / below.wattsPerTeraflop) / span;
                return below.products * Math.pow(above.products / below.products, Math.max(0, part));
            }
            below = above;
        }
        return below.products;
    }

    private DeviceConstants withProducts(double other) {
        return new DeviceConstants(
                architecture,
                wattsPerTeraflop,
                other,
                smallDimension,
                eightBitSmallDimension,
                triton,
                portable,
                vendor,
                attentionLaunch,
                grouped,
                source);
    }

    /// The shares that attention cores of these kernels reach.
    BothWays attention(StackConstants.AttentionKernels kernels) {
        return switch (kernels) {
            case TRITON -> triton;
            case PORTABLE -> portable;
            case VENDOR -> vendor;
        };
    }
}
