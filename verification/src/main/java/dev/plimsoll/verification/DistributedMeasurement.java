package dev.plimsoll.verification;

import dev.plimsoll.engine.device.Traffic.Link;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.AllocatedTensor;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.DeviceObservation;
import dev.plimsoll.engine.training.DistributedJob;
import dev.plimsoll.engine.training.DistributedTrainer;
import dev.plimsoll.engine.training.Observation;
import dev.plimsoll.engine.training.RoutedRows;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.device.RoutedCopies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// What every device does in a training step with lively parameters on random tokens; released tensors are poisoned.
final class DistributedMeasurement {
    static final long SEED = 20_261_123;

    private DistributedMeasurement() {}

    /// @param copies where tokens were sent
    /// @param values of the whole model, after the step
    record Measured(Figures figures, RoutedCopies copies, StepValues values) {}

    /// @param job the question's, or one with a mistake planted in it
    static Measured of(DistributedQuestion question, DistributedJob job, Kernels kernels) {
        List<Machine> machines = new ArrayList<>();
        for (int device = 0; device < job.devices().size(); device++) {
            Memory memory = new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.POISON);
            machines.add(Machine.of(kernels, new Workers(1), Meter.counting(1), memory));
        }
        DistributedTrainer trainer =
                DistributedTrainer.start(job, question.plan().optimizer(), new LivelyParameters(SEED), machines, SEED);
        float loss = trainer.step(batch(question), question.batch().microBatches());
        Figures figures = new Figures();
        List<DeviceObservation> seen = trainer.observations();
        for (int device = 0; device < seen.size(); device++) {
            add(figures, "device " + device + " ", seen.get(device));
        }
        StepValues values = new StepValues(loss, trainer.wholeGradients(), trainer.wholeWeights());
        return new Measured(figures, copies(job.devices(), seen), values);
    }

    private static void add(Figures figures, String device, DeviceObservation observation) {
        Observation seen = observation.own();
        for (AllocatedTensor tensor : seen.states()) {
            if (tensor.category() == Category.PARAMETER) {
                figures.put(
                        device + "parameter " + tensor.name(),
                        tensor.bytes().count() / tensor.dataType().blockBytes());
            }
        }
        long masters = StateBytes.of(seen, Category.OPTIMIZER_STATE, ".master");
        figures.put(device + "weights", StateBytes.of(seen, Category.PARAMETER, ""));
        figures.put(device + "master weights", masters);
        figures.put(device + "gradients", StateBytes.of(seen, Category.GRADIENT, ".gradient"));
        figures.put(device + "gradient copy", StateBytes.of(seen, Category.GRADIENT, ".gradient_copy"));
        figures.put(device + "optimizer states", StateBytes.of(seen, Category.OPTIMIZER_STATE, "") - masters);
        figures.put(device + "kept at most", observation.saved().count());
        for (String name : seen.neverRead()) {
            figures.add(device + "kept and never read: " + name, 1);
        }
        figures.put(
                device + "peak at " + seen.peak().moment(), seen.peak().bytes().count());
        for (Map.Entry<Link, Bytes> sent : observation.sent().entrySet()) {
            Link link = sent.getKey();
            figures.put(
                    device + DistributedFigures.sent(link.exchange().name(), link.group()),
                    sent.getValue().count());
        }
    }

    /// One micro-batch and block on one device.
    private record Sender(int microBatch, String label, int rank) {}

    private static RoutedCopies copies(List<DeviceProgram> devices, List<DeviceObservation> seen) {
        Map<Sender, Map<Integer, Integer>> sent = new HashMap<>();
        for (int rank = 0; rank < seen.size(); rank++) {
            for (RoutedRows rows : seen.get(rank).routed()) {
                List<Integer> receivers = devices.get(rank).members(DeviceGroup.EXPERT);
                Map<Integer, Integer> counts = new HashMap<>();
                for (int i = 0; i < receivers.size(); i++) {
                    counts.put(receivers.get(i), rows.counts().get(i));
                }
                sent.put(new Sender(rows.microBatch(), rows.label(), rank), counts);
            }
        }
        return (microBatch, label, from, to) ->
                sent.getOrDefault(new Sender(microBatch, label, from), Map.of()).getOrDefault(to, 0);
    }

    static Batch batch(DistributedQuestion question) {
        Random random = new Random(SEED);
        TextStack stack = TextStack.of(question.transformer());
        int[][] tokens = new int[question.globalBatch()][];
        int[][] targets = new int[question.globalBatch()][];
        for (int sequence = 0; sequence < tokens.length; sequence++) {
            tokens[sequence] = stack.tokens(random, question.batch().tokens());
            targets[sequence] = stack.tokens(random, question.batch().tokens());
        }
        return Batch.of(tokens, targets);
    }
}
