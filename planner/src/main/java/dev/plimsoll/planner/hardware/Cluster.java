package dev.plimsoll.planner.hardware;

/// So many devices of one kind, built in and connected.
///
/// Devices are numbered so that neighbours share a domain of the scale-up link, and dealt evenly over as few domains as
/// hold them. A group is `size` devices whose numbers are `stride` apart, as parallel groups are.
///
/// @param devices at least 1
public record Cluster(Accelerator accelerator, long devices, Node node) {
    public Cluster {
        if (devices < 1) {
            throw new IllegalArgumentException("a cluster has at least one device: " + devices);
        }
    }

    /// As the accelerator is usually built in.
    public static Cluster of(Accelerator accelerator, long devices) {
        return new Cluster(accelerator, devices, accelerator.node());
    }

    /// Devices of this cluster that share a scale-up domain: 64 in each of 8 racks of 72 that hold 512.
    public long domain() {
        return Math.ceilDiv(devices, Math.ceilDiv(devices, node.domain()));
    }

    /// Devices of a group that share a scale-up domain, the same number in each: from 1 to the group's size.
    public long inside(long size, long stride) {
        if (devices <= node.domain()) {
            return size;
        }
        long domain = domain();
        return domain % stride == 0 ? greatestCommonDivisor(size, domain / stride) : 1;
    }

    /// The scale-up domains that a group lies in: 1 where it never leaves the scale-up link.
    public long domains(long size, long stride) {
        return size / inside(size, stride);
    }

    /// The slowest link that a group has to use.
    public Interconnect link(long size, long stride) {
        return inside(size, stride) == size ? node.scaleUp() : node.scaleOut();
    }

    private static long greatestCommonDivisor(long one, long other) {
        return other == 0 ? one : greatestCommonDivisor(other, one % other);
    }
}
