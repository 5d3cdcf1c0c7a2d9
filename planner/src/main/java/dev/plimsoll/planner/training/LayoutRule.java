package dev.plimsoll.planner.training;

import java.util.List;

/// Deals layers out to stages.
final class LayoutRule {
    private final TrainingJob job;

    LayoutRule(TrainingJob job) {
        this.job = job;
    }

    Layout layout() {
        return new Layout(List.of(), job.model().parts().size());
    }
}
