package dev.plimsoll.planner.hardware.law;

import dev.plimsoll.planner.hardware.Accelerator;

/// Which measured device stands in for another.
final class Siblings {
    private static final int FAR = 8;

    private Siblings() {}

    /// The name under which a device's own measurements are found, if there are any.
    private static String measured(Accelerator accelerator) {
        return switch (accelerator.name()) {
            case "a100-40g", "a100-80g-pcie", "a800" -> "a100-80g"; // the same chip
            case "h800" -> "h100";
            case "b300" -> "b200";
            case "gb300" -> "gb200";
            default -> accelerator.name();
        };
    }

    /// How far a measured device is from one that is asked about: 0 for itself, 1 for its relative, then far.
    static int distance(Accelerator accelerator, String system) {
        return system.equals(measured(accelerator)) ? 0 : system.equals(relative(accelerator)) ? 1 : FAR;
    }

    /// The relative of the same architecture that was measured; the H100 where there is none.
    private static String relative(Accelerator accelerator) {
        return switch (accelerator.architecture()) {
            case "ampere", "volta", "turing" -> "a100-80g";
            case "ada" -> "l40s";
            case "blackwell" -> "b200";
            case "blackwell-rtx" -> "rtx-pro-6000";
            default -> "h100";
        };
    }
}
