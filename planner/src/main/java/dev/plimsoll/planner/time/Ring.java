package dev.plimsoll.planner.time;

import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.Interconnect;

/// Devices that run collectives together, over the fast link inside a domain and the network between domains.
///
/// A ring of `n` sends `(n - 1) / n` of the bytes over each link. Where the group lies in several domains, the devices of
/// one that stand at the same place exchange their `1 / inside` of the bytes over the network at the same time as the
/// domain exchanges over its own link, so the slower of the two decides.
///
/// Source: Thakur et al. 2005, section 4; NVIDIA/nccl-tests, `PERFORMANCE.md` (bus bandwidth).
///
/// @param size devices
/// @param inside those of them in one domain
/// @param up bytes a second of one device inside the domain, as reached
/// @param exchange the same where each device sends to each other
/// @param out bytes a second of one device between domains, as reached
/// @param latency seconds before a collective moves its first byte
public record Ring(long size, long inside, double up, double exchange, double out, double latency) {
    /// Nobody to talk to.
    public static final Ring ALONE = new Ring(1, 1, 1, 1, 1, 0);

    /// What a collective costs however little it moves: the launch of its kernel and the wait for the others. Measured at
    /// 11 to 25 microseconds for 2 to 8 devices (AIConfigurator's tables of NCCL).
    private static final double LAUNCH = 15e-6;

    /// Without a switch of their own, devices of one server talk through its two processors, half of them at each. Groups
    /// that lie at both share the way between these: a ring crosses it once, and where each sends to each other a quarter
    /// of all bytes crosses it.
    ///
    /// Source: fitted to the steps of Llama 3 8B that MooreThreads/SimuMax measured on eight A100 PCIe.
    private static final double PCIE_SHARE = 0.68;

    private static final double BRIDGE_SHARE = 0.42;
    private static final double QUARTERS = 4;

    /// @param stride by how much the numbers of the group's devices differ
    /// @param upShare of the data sheet's bandwidth that is reached inside a domain
    /// @param outShare the same between domains
    public static Ring of(Cluster cluster, long size, long stride, double upShare, double outShare) {
        if (size == 1) {
            return ALONE;
        }
        Interconnect up = cluster.node().scaleUp();
        Interconnect out = cluster.node().scaleOut();
        long inside = cluster.inside(size, stride);
        double rate = up.bytesPerSecond().value() * upShare;
        double exchange = rate;
        if (up.technology() == Interconnect.Technology.PCIE) {
            double groups = Math.max(1, (double) cluster.node().devices() / inside);
            boolean bridged = inside * stride > cluster.node().devices() / 2;
            rate = up.bytesPerSecond().value() * (bridged ? Math.min(PCIE_SHARE, BRIDGE_SHARE / groups) : PCIE_SHARE);
            exchange = bridged ? Math.min(rate, rate * QUARTERS / inside) : rate;
        }
        return new Ring(
                size,
                inside,
                rate,
                exchange,
                out.bytesPerSecond().value() * outShare,
                LAUNCH + cluster.link(size, stride).latency().value());
    }

    /// Seconds until every device has all `bytes`, of which each had its part; as long as reducing them to parts.
    public double gather(double bytes) {
        return size == 1 ? 0 : latency + Math.max(insideSeconds(bytes), outsideSeconds(bytes));
    }

    /// Seconds until every device has the sum.
    public double allReduce(double bytes) {
        return 2 * gather(bytes);
    }

    /// Seconds until every device has given each other its part of `bytes`.
    public double allToAll(double bytes) {
        if (size == 1) {
            return 0;
        }
        double insidePart = bytes * (inside - 1) / size / exchange;
        double outsidePart = bytes * (size - inside) / size / out;
        return latency + Math.max(insidePart, outsidePart);
    }

    /// Seconds until the next device has them.
    public double send(double bytes) {
        return size == 1 ? 0 : latency + bytes / (inside == size ? up : out);
    }

    private double insideSeconds(double bytes) {
        return bytes * (inside - 1) / inside / up;
    }

    private double outsideSeconds(double bytes) {
        double domains = (double) size / inside;
        return bytes / inside * (domains - 1) / domains / out;
    }
}
