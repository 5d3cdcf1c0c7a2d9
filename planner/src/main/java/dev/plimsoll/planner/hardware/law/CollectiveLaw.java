package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Interconnect;

/// What an exchange over one link reaches: a share of its bandwidth, and a start.
///
/// @param allReduce share of the link's bandwidth in one direction
/// @param gather the same for all-gathers and reduce-scatters
/// @param allToAll the same for all-to-alls
/// @param start seconds, for a group that one domain holds
public record CollectiveLaw(double allReduce, double gather, double allToAll, double start) {
    private static final double TWO = 2;
    private static final double FOUR = 4;

    /// The law of a link for a group of so many that lie on it.
    ///
    /// - NVLink 5: MooreThreads/SimuMax's fit on eight B200, 22 to 26 us.
    /// - NVLink 4 and 3: all-reduce by AIConfigurator's measurements of NCCL on 2, 4 and 8 H100 and A100 (248, 311, 384
    ///   of 450 GB/s; 159, 185, 172 of 300 GB/s; 7 to 25 us); the others in the proportion they have on the B200.
    /// - PCIe: SimuMax's fit on A100, 0.65 to 0.70 of 30 GB/s for two devices, 0.37 to 0.45 for eight.
    /// - Networks: 0.9 of the bandwidth, as Calculon assumes for InfiniBand.
    public static Fitted<CollectiveLaw> of(Interconnect link, double devices) {
        return switch (link.technology()) {
            case NVLINK -> nvlink(link.name(), devices);
            case PCIE -> {
                double share = 30 / 31.508 * (devices <= TWO ? 0.675 : devices <= FOUR ? 0.54 : 0.41);
                yield new Fitted<>(
                        new CollectiveLaw(share, share, share, 25e-6),
                        "MooreThreads/SimuMax, A100 over PCIe 4; four devices between two and eight",
                        Provenance.PUBLISHED);
            }
            case INFINIBAND ->
                new Fitted<>(
                        network(link),
                        "Calculon's InfiniBand: 0.9 of the bandwidth",
                        Provenance.PUBLISHED.and(link.latency().provenance()));
            case ROCE, ETHERNET_SCALE_UP, ICI, THUNDERBOLT ->
                new Fitted<>(network(link), "0.9 of the bandwidth, as InfiniBand", Provenance.ASSUMED);
            case INFINITY_FABRIC ->
                new Fitted<>(nvlink("nvlink-3", devices).law(), "taken from NVLink 3", Provenance.ASSUMED);
        };
    }

    private static Fitted<CollectiveLaw> nvlink(String name, double devices) {
        if (name.startsWith("nvlink-5")) {
            return new Fitted<>(
                    new CollectiveLaw(0.742, 0.673, 0.597, 24e-6),
                    "MooreThreads/SimuMax, eight B200 over NVLink 5",
                    Provenance.PUBLISHED);
        }
        if (name.startsWith("nvlink-4")) {
            return devices <= TWO
                    ? ofAllReduce(248, 450, 7e-6, "H100")
                    : devices <= FOUR ? ofAllReduce(311, 450, 11e-6, "H100") : ofAllReduce(384, 450, 17e-6, "H100");
        }
        return devices <= TWO
                ? ofAllReduce(159, 300, 13e-6, "A100")
                : devices <= FOUR ? ofAllReduce(185, 300, 16e-6, "A100") : ofAllReduce(172, 300, 25e-6, "A100");
    }

    /// All-gathers and all-to-alls reach 0.907 and 0.804 of what all-reduces do, as on the B200.
    private static Fitted<CollectiveLaw> ofAllReduce(
            double gigabytesPerSecond, double peak, double start, String device) {
        double share = gigabytesPerSecond / peak;
        return new Fitted<>(
                new CollectiveLaw(share, share * 0.673 / 0.742, share * 0.597 / 0.742, start),
                "AIConfigurator's NCCL all-reduce on " + device + "; other exchanges in proportion to the B200's",
                Provenance.PUBLISHED);
    }

    private static CollectiveLaw network(Interconnect link) {
        return new CollectiveLaw(0.9, 0.9, 0.9, link.latency().value());
    }

    double share(Exchange exchange) {
        return switch (exchange) {
            case ALL_REDUCE -> allReduce;
            case ALL_GATHER, REDUCE_SCATTER, SEND_RECEIVE -> gather;
            case ALL_TO_ALL -> allToAll;
        };
    }
}
