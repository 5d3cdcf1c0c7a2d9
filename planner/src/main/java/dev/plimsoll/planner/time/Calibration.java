package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.hardware.Interconnect;
import dev.plimsoll.planner.hardware.MathType;
import dev.plimsoll.planner.time.DeviceConstants.BothWays;
import dev.plimsoll.planner.time.StackConstants.Positions;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.Locale;
import java.util.Optional;

/// The constants that hold for one way of training on one kind of device, and how much they are to be trusted.
///
/// @param method by which is trained
/// @param device that it is trained on
/// @param shares of the device's peaks
/// @param stack what the framework makes of them
/// @param band of held-out runs; empty where none were measured on this device with this framework
public record Calibration(
        TrainingMethod method,
        Accelerator device,
        DeviceConstants shares,
        StackConstants stack,
        Optional<ConstantTables.Band> band) {
    /// Share of the memory's bandwidth that a long copy reaches. Source: AIConfigurator's element-wise law.
    private static final double STREAMING = 0.8;
    /// Seconds from one kernel to the next on the device. Source: AIConfigurator's tables of matrix products, 3 to 7 us.
    private static final double LAUNCH = 4e-6;
    /// A device whose link to the host is not published is taken to have 16 lanes of PCI Express 4.0: 2 GB/s each.
    private static final double PCIE_4 = 32e9;
    /// Nine in ten runs of frameworks and devices that were not calibrated are expected within this.
    private static final double UNKNOWN = 0.215;
    /// The same of devices whose peak is not published.
    private static final double WITHOUT_PEAK = 1;

    /// Never refuses: what is not known is taken from the nearest that is, and the interval widened.
    public static Calibration of(Transformer model, TrainingMethod method, Accelerator device, ConstantTables tables) {
        Positions positions = positions(model);
        String framework = method.framework().name();
        StackConstants stack = tables.stacks().stream()
                .filter(row ->
                        row.framework().equals(framework) && row.positions().contains(positions))
                .findFirst()
                .orElseGet(() -> tables.stacks().getFirst());
        String arithmetic = method.arithmetic().name().toLowerCase(Locale.ROOT).replace('_', '-');
        Optional<ConstantTables.Band> band = tables.bands().stream()
                .filter(row -> row.framework().equals(framework)
                        && row.positions().contains(positions)
                        && row.architecture().equals(device.architecture())
                        && row.arithmetic().equals(arithmetic))
                .findFirst();
        return new Calibration(method, device, DeviceConstants.of(device, tables.devices()), stack, band);
    }

    /// A prediction `t` stands for a step between `t / (1 + halfWidth)` and `t (1 + halfWidth)`, nine times in ten.
    public double halfWidth() {
        double unknown = DeviceConstants.publishedPeak(device).isPresent() ? UNKNOWN : WITHOUT_PEAK;
        return band.map(ConstantTables.Band::halfWidth).orElse(unknown);
    }

    /// Of a step's time: somebody's measurements where this framework was measured on this device, else assumed.
    public Provenance provenance() {
        return band.isPresent() ? Provenance.PUBLISHED : Provenance.ASSUMED;
    }

    private static Positions positions(Transformer model) {
        for (Part part : model.parts()) {
            boolean rotates = part.runs().stream()
                    .flatMap(run -> run.block().operators().stream())
                    .anyMatch(Operator.RotaryEmbedding.class::isInstance);
            if (rotates) {
                return Positions.ROTARY;
            }
        }
        return Positions.OTHER;
    }

    /// What blocks are timed under.
    public Conditions conditions(Cluster cluster, Parallelism parallelism) {
        return new Conditions(
                pace(),
                Rings.of(cluster, parallelism, stack.up(), stack.out()),
                exposure(cluster),
                method.arithmetic(),
                bytes(method.precision().activations()),
                method.framework().activations(),
                stack.rerun());
    }

    /// Collectives hide only on links of their own.
    private Exposure exposure(Cluster cluster) {
        Exposure shown = stack.exposure();
        return cluster.node().scaleUp().technology() == Interconnect.Technology.PCIE
                ? new Exposure(1, 1, 1, 1, shown.pipeline())
                : shown;
    }

    /// What data parallelism sends.
    public WeightSharing sharing(Cluster cluster, Parallelism parallelism) {
        Sharding sharding = parallelism.data().sharding();
        Rings rings = Rings.of(cluster, parallelism, stack.up(), stack.out());
        double gradient = bytes(method.precision().gradients());
        double weight = bytes(method.precision().activations());
        return new WeightSharing(
                sharding,
                rings.data(),
                rings.expertData(),
                rings.replicas(),
                weight,
                gradient,
                stack.exposure().data());
    }

    /// What a step costs beside the pipeline.
    public StepRules rules(Cluster cluster, Parallelism parallelism) {
        double domains = (double) Math.ceilDiv(cluster.devices(), cluster.domain());
        double doublings = Math.log(domains) / Math.log(2);
        return new StepRules(
                sharing(cluster, parallelism),
                method.precision(),
                method.optimizer(),
                memoryRate(),
                hostRate(),
                stack.stepSeconds(),
                stack.straggling() * doublings,
                parallelism.pipeline().chunks() > 1 ? parallelism.pipeline().degree() : 1);
    }

    private double hostRate() {
        return switch (method.offload().optimizer()) {
            case DEVICE -> Double.POSITIVE_INFINITY;
            case HOST ->
                device.host().map(link -> link.bytesPerSecond().value()).orElse(PCIE_4) * stack.up();
        };
    }

    private double memoryRate() {
        return device.memoryBandwidth().value() * STREAMING;
    }

    private Pace pace() {
        double peak = DeviceConstants.sixteenBitPeak(device);
        double held = device.peak(held(device, method)).map(Figure::value).orElse(peak);
        double eightBit = device.peak(MathType.FP8)
                .map(Figure::value)
                .map(p -> p * stack.eightBit())
                .orElse(held);
        BothWays attention = shares.attention(stack.kernels());
        return new Pace(
                new Pace.Products(
                        held * shares.products(),
                        eightBit * shares.products(),
                        shares.smallDimension(),
                        shares.eightBitSmallDimension(),
                        shares.grouped(),
                        stack.castTraffic(),
                        stack.sumTraffic()),
                new Pace.AttentionPace(
                        peak * attention.forward(), peak * attention.backward(), shares.attentionLaunch()),
                new Pace.Streams(memoryRate(), stack.passes(), stack.logitBytes()),
                new Pace.Host(LAUNCH, stack.dispatch()));
    }

    /// The dense peak of the arithmetic that a method computes in, FLOP/s of one device.
    static double peak(Accelerator device, TrainingMethod method) {
        double sixteen = DeviceConstants.sixteenBitPeak(device);
        return switch (method.arithmetic()) {
            case FP8 -> device.peak(MathType.FP8).map(Figure::value).orElse(sixteen);
            case AS_HELD -> device.peak(held(device, method)).map(Figure::value).orElse(sixteen);
        };
    }

    private static MathType held(Accelerator device, TrainingMethod method) {
        DataType type = method.precision().activations();
        if (type.equals(DataType.F32)) {
            return device.peak(MathType.TF32).isPresent() ? MathType.TF32 : MathType.FP32;
        }
        return type.equals(DataType.F16) ? MathType.FP16 : MathType.BF16;
    }

    private static double bytes(DataType type) {
        return type.bitsPerElement() / Byte.SIZE;
    }
}
