package dev.plimsoll.cli;

import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import java.util.List;
import picocli.CommandLine.Option;

/// On what devices something runs.
final class DeviceOptions {
    @Option(
            names = {"--gpu", "--device"},
            paramLabel = "NAME:N",
            description =
                    "Devices, for example h100:512 or a100-80gx8; several kinds between commas are compared; or a "
                            + "YAML file of devices (plimsoll hardware lists the names; default: none, so no verdict and no time).")
    private String kinds = "";

    /// The kinds that are asked for; empty where none is.
    List<DeviceRequest> requests() {
        return kinds.isEmpty() ? List.of() : RequestedDevices.read("--gpu", kinds);
    }

    /// Whether every kind comes with its number.
    boolean isCounted() {
        return requests().stream().allMatch(request -> request.count().isPresent());
    }
}
