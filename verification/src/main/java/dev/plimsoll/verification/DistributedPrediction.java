package dev.plimsoll.verification;

import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.planner.device.DeviceRun;
import dev.plimsoll.planner.device.DeviceStates;
import dev.plimsoll.planner.device.DeviceTimeline;
import dev.plimsoll.planner.device.DeviceTraffic;
import dev.plimsoll.planner.device.RoutedCopies;
import dev.plimsoll.planner.training.MicroBatch;
import java.util.List;

/// What the planner says of every device in a training step.
final class DistributedPrediction {
    private DistributedPrediction() {}

    /// @param devices the question's, or ones with a mistake planted in them
    /// @param copies where tokens were sent, which nobody can foresee
    static Figures of(DistributedQuestion question, List<DeviceProgram> devices, RoutedCopies copies) {
        Figures figures = new Figures();
        for (DeviceProgram device : devices) {
            MicroBatch batch = new MicroBatch(
                    question.batch().sequences(), question.batch().tokens());
            DeviceRun run = new DeviceRun(
                    device,
                    batch,
                    question.batch().microBatches(),
                    question.plan().optimizer(),
                    copies);
            add(figures, "device " + device.rank() + " ", run);
        }
        return figures;
    }

    private static void add(Figures figures, String device, DeviceRun run) {
        DeviceTimeline timeline = DeviceTimeline.of(run);
        DeviceStates states = timeline.states();
        for (DeviceStates.Held tensor : states.tensors()) {
            figures.put(device + "parameter " + tensor.tensor(), tensor.weights());
        }
        figures.put(device + "weights", states.weights().count());
        figures.put(device + "master weights", states.masterWeights().count());
        figures.put(device + "gradients", states.gradients().count());
        figures.put(device + "gradient copy", states.gradientCopy().count());
        figures.put(device + "optimizer states", states.optimizerStates().count());
        figures.put(device + "kept at most", timeline.saved().count());
        DeviceTimeline.Point peak = timeline.peak();
        figures.put(device + "peak at " + peak.moment(), peak.held().count());
        DeviceTraffic.of(run)
                .volumes()
                .forEach((link, volume) -> figures.put(
                        device
                                + DistributedFigures.sent(
                                        link.exchange().name(), link.group().name()),
                        volume.wire().count()));
    }
}
