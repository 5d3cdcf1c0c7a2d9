package dev.plimsoll.planner.time;

/// How fast one device runs one framework's kernels.
///
/// @param products matrix products
/// @param attention attention cores run in tiles
/// @param streams kernels that only move bytes
/// @param host what the processor that feeds the device adds
public record Pace(Products products, AttentionPace attention, Streams streams, Host host) {
    /// `t = ((2 m n k / rate x (1 + smallDimension x 1000 / min(m, n, k)))^3 + (bytes / memory rate)^3)^(1/3) + launch`.
    ///
    /// Source of the form: the laws fitted to AIConfigurator's measured tables of matrix products, of which this keeps one
    /// exponent for all devices.
    ///
    /// @param rate FLOP/s that large products keep up, in the type that activations are held in
    /// @param eightBitRate the same in eight bits
    /// @param smallDimension what a smallest dimension of 1,000 adds, as a share
    /// @param eightBitSmallDimension the same in eight bits
    /// @param grouped the rate of products of many experts in one kernel, as a share of the others'
    /// @param castTraffic bytes moved for each element that is turned for a weight's gradient, which eight-bit products want;
    ///     casts themselves are left to the kernels that make the operands
    /// @param sumTraffic bytes moved for each weight to add its gradient to those of earlier micro-batches, as far as an
    ///     eight-bit product does not hide them
    public record Products(
            double rate,
            double eightBitRate,
            double smallDimension,
            double eightBitSmallDimension,
            double grouped,
            double castTraffic,
            double sumTraffic) {}

    /// @param forward FLOP/s over the pairs that are seen
    /// @param backward the same on the way back, where five products are counted for two
    /// @param launch seconds that a core takes however little it multiplies
    public record AttentionPace(double forward, double backward, double launch) {}

    /// @param rate bytes a second that a long copy reads and writes
    /// @param passes how often a framework moves what an operator reads and writes; below 1 where it fuses operators
    /// @param logitBytes bytes moved for each logit by the loss, forward and backward
    public record Streams(double rate, double passes, double logitBytes) {}

    /// @param launch seconds from one kernel to the next on the device
    /// @param dispatch seconds that the host takes for each operator; a pass is never faster than its operators are
    ///     dispatched
    public record Host(double launch, double dispatch) {}

    /// Seconds of a matrix product `[m, k] x [k, n]`.
    ///
    /// @param elementBytes of its operands and its result
    double product(double m, double n, double k, double elementBytes) {
        return law(m, n, k, products.rate, products.smallDimension, elementBytes) + host.launch;
    }

    /// The same in eight bits.
    ///
    /// @param cast elements that are turned for it
    /// @param added elements that the result is added to
    double eightBitProduct(double m, double n, double k, double elementBytes, double cast, double added) {
        return law(m, n, k, products.eightBitRate, products.eightBitSmallDimension, elementBytes)
                + (products.castTraffic * cast + products.sumTraffic * added) / streams.rate
                + host.launch;
    }

    /// Products of as many experts in one kernel, each of `m` rows.
    double groupedProduct(double experts, double m, double n, double k, double elementBytes) {
        double rate = products.rate * products.grouped;
        return experts * law(m, n, k, rate, products.smallDimension, elementBytes) + host.launch;
    }

    /// The same in eight bits.
    double eightBitGroupedProduct(double experts, double m, double n, double k, double elementBytes) {
        double rate = products.eightBitRate * products.grouped;
        return experts * law(m, n, k, rate, products.eightBitSmallDimension, elementBytes) + host.launch;
    }

    private double law(double m, double n, double k, double rate, double smallDimension, double elementBytes) {
        double smallest = Math.max(1, Math.min(m, Math.min(n, k)));
        double computing = 2 * m * n * k / rate * (1 + smallDimension * 1000 / smallest);
        double moving = elementBytes * (m * k + k * n + m * n) / streams.rate;
        return Math.cbrt(computing * computing * computing + moving * moving * moving);
    }
}
