package dev.plimsoll.planner.training;

import java.util.ArrayList;
import java.util.List;

/// Looks for everything at once that keeps a layout from being run.
final class LayoutCheck {
    private final TrainingJob job;
    private final long devices;

    LayoutCheck(TrainingJob job, long devices) {
        this.job = job;
        this.devices = devices;
    }

    List<Violation> violations() {
        List<Violation> violations = new ArrayList<>();
        if (job.parallelism().devices() != devices) {
            violations.add(new Violation("dp", "degrees", List.of()));
        }
        return violations;
    }
}
