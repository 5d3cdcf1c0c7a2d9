package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Cluster;

/// How long groups of a cluster's devices take for an exchange.
///
/// Inside a scale-up domain: `bytes passes (n - 1) / n / (bandwidth share) + start`. Across domains each device keeps
/// the part of the tensor that its neighbours in the domain leave to it and exchanges it over its own adapter, at the
/// same time as the part inside moves on: the slower of the two counts, as NCCL's rings pipeline them, and the starts of
/// both. A ring of `D` domains starts `D - 1` times, an all-reduce by trees `2 log2 D` times, rounded up.
///
/// Built once for a cluster; asking allocates nothing.
public final class CollectiveTimes {
    private final Cluster cluster;
    private final double upBandwidth;
    private final double outBandwidth;
    private final CollectiveLaw pair;
    private final CollectiveLaw four;
    private final CollectiveLaw many;
    private final CollectiveLaw out;
    private final Provenance provenance;
    private final String source;

    public CollectiveTimes(Cluster cluster) {
        this.cluster = cluster;
        this.upBandwidth = cluster.node().scaleUp().bytesPerSecond().value();
        this.outBandwidth = cluster.node().scaleOut().bytesPerSecond().value();
        this.pair = CollectiveLaw.of(cluster.node().scaleUp(), 2).law();
        this.four = CollectiveLaw.of(cluster.node().scaleUp(), 4).law();
        Fitted<CollectiveLaw> inside = CollectiveLaw.of(cluster.node().scaleUp(), 8);
        Fitted<CollectiveLaw> across = CollectiveLaw.of(cluster.node().scaleOut(), 8);
        this.many = inside.law();
        this.out = across.law();
        boolean leaves = cluster.domain() < cluster.devices();
        this.provenance = leaves ? inside.provenance().and(across.provenance()) : inside.provenance();
        this.source = leaves ? inside.source() + "; " + across.source() : inside.source();
    }

    public Provenance provenance() {
        return provenance;
    }

    public String source() {
        return source;
    }

    /// @param bytes as [Exchange] says of each
    /// @param size devices of the group, 1 for none to exchange with
    /// @param stride between their numbers
    /// @return seconds, 0 for a group of one
    public double seconds(Exchange exchange, double bytes, long size, long stride) {
        if (size <= 1) {
            return 0;
        }
        long inside = cluster.inside(size, stride);
        long domains = size / inside;
        if (domains == 1) {
            return within(exchange, bytes, inside);
        }
        return switch (exchange) {
            case SEND_RECEIVE -> bytes / (outBandwidth * out.share(exchange)) + out.start();
            case ALL_TO_ALL ->
                Math.max(
                                moving(exchange, bytes * inside / size, inside),
                                bytes * (domains - 1) / domains / (outBandwidth * out.share(exchange)))
                        + starts(exchange, inside, domains);
            case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER ->
                Math.max(
                                moving(exchange, bytes, inside),
                                exchange.sentShare(domains) * bytes / inside / (outBandwidth * out.share(exchange)))
                        + starts(exchange, inside, domains);
        };
    }

    private double within(Exchange exchange, double bytes, long devices) {
        return moving(exchange, bytes, devices) + inside(devices).start();
    }

    private double moving(Exchange exchange, double bytes, long devices) {
        return devices == 1
                ? 0
                : exchange.sentShare(devices)
                        * bytes
                        / (upBandwidth * inside(devices).share(exchange));
    }

    private double starts(Exchange exchange, long inside, long domains) {
        double rounds = switch (exchange) {
            case ALL_REDUCE -> 2 * (Long.SIZE - Long.numberOfLeadingZeros(domains - 1));
            case ALL_GATHER, REDUCE_SCATTER -> domains - 1;
            case ALL_TO_ALL, SEND_RECEIVE -> 1;
        };
        return rounds * out.start() + (inside == 1 ? 0 : inside(inside).start());
    }

    private CollectiveLaw inside(long devices) {
        return devices <= 2 ? pair : devices <= 4 ? four : many;
    }
}
