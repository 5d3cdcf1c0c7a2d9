package dev.plimsoll.engine.device;

/// One device's connections to the others.
public final class Links {
    private final Network network;
    private final Traffic traffic;
    private final int device;

    Links(Network network, Traffic traffic, int device) {
        this.network = network;
        this.traffic = traffic;
        this.device = device;
    }

    /// This device's number, from 0 on.
    public int device() {
        return device;
    }

    /// What this device has sent.
    public Traffic traffic() {
        return traffic;
    }

    /// @throws IllegalArgumentException where this device is not in it
    public Ring ring(Group group) {
        return new Ring(network, traffic, group, device);
    }
}
