package dev.plimsoll.planner.hardware;

import java.util.Locale;

/// A way from one device to another.
///
/// @param name for example `nvlink-4` or `infiniband-ndr`
/// @param bytesPerSecond in one direction for each device, by the data sheet: half of what is often quoted for both
/// @param latency until the first byte of a message has arrived
public record Interconnect(String name, Technology technology, Figure bytesPerSecond, Figure latency) {
    /// What carries the bytes; laws of collectives differ by it.
    public enum Technology {
        NVLINK,
        INFINITY_FABRIC,
        /// The links between tensor processing units.
        ICI,
        /// Ethernet between the accelerators of one server.
        ETHERNET_SCALE_UP,
        PCIE,
        INFINIBAND,
        /// RDMA over Ethernet.
        ROCE,
        /// Between computers that have no faster one.
        THUNDERBOLT;

        /// As files and answers write it: `infinity-fabric`.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Interconnect {
        require(bytesPerSecond, Unit.BYTES_PER_SECOND);
        require(latency, Unit.SECONDS);
    }

    private static void require(Figure figure, Unit unit) {
        if (figure.unit() != unit) {
            throw new IllegalArgumentException("expected " + unit + ", found " + figure);
        }
    }
}
