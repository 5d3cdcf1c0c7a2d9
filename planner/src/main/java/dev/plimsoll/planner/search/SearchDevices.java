package dev.plimsoll.planner.search;

import dev.plimsoll.planner.hardware.Cluster;

/// A cluster among those that are compared.
///
/// @param pricePerDeviceSecond in any one currency; 1 where none is known, so that costs are device-seconds
public record SearchDevices(Cluster cluster, double pricePerDeviceSecond) {
    public SearchDevices {
        if (!(pricePerDeviceSecond >= 0 && pricePerDeviceSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a price is not negative: " + pricePerDeviceSecond);
        }
    }

    /// With costs in device-seconds.
    public static SearchDevices of(Cluster cluster) {
        return new SearchDevices(cluster, 1);
    }

    /// Bytes that programs can use on one device.
    public long capacity() {
        return (long) cluster.accelerator().usableMemory().value();
    }
}
