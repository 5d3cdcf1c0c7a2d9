package dev.plimsoll.planner.hardware;

import dev.plimsoll.model.units.Provenance;

/// How devices of one kind are built into servers, and the servers into a network.
///
/// @param name for example `dgx-h100`
/// @param devices in one server
/// @param domain devices that reach each other by the scale-up link: the server, or a rack of servers
/// @param scaleUp the link inside the domain
/// @param scaleOut the network between domains, each device with its own share of the adapters
/// @param source of the numbers of devices
public record Node(
        String name,
        int devices,
        int domain,
        Interconnect scaleUp,
        Interconnect scaleOut,
        String source,
        Provenance provenance) {
    public Node {
        if (devices < 1 || domain < 1) {
            throw new IllegalArgumentException("a server and a domain hold at least one device: " + name);
        }
    }
}
