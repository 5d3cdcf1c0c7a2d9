package dev.plimsoll.engine.training;

import dev.plimsoll.engine.device.VirtualDevices;
import dev.plimsoll.engine.operator.Executed;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.DeviceProgram.Chunk;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Trains a model on virtual devices, each with its own memory and meter: every kind of parallelism of a
/// [Parallelism], one thread for a device.
///
/// A global batch's sequences are dealt to the replicas in runs, and each run to micro-batches. All sums over devices
/// have a fixed order, so a run gives the same bits whenever it is repeated. Once a device has failed the first cause is
/// thrown by that call and every later one.
public final class DistributedTrainer {
    private final DistributedJob job;
    private final VirtualDevices devices;
    private final List<DeviceTrainer> trainers;
    private final CounterBased random;
    private long steps;

    private DistributedTrainer(
            DistributedJob job, VirtualDevices devices, List<DeviceTrainer> trainers, CounterBased random) {
        this.job = job;
        this.devices = devices;
        this.trainers = trainers;
        this.random = random;
    }

    /// Allocates and fills what every device holds before the first step.
    ///
    /// @param source the whole model's parameters; each device takes its parts of them
    /// @param machines one for each device, with one worker each
    /// @param seed of dropout
    /// @throws InputException where an operator is not executed yet, a parameter is missing, or a device's memory does
    ///     not suffice
    public static DistributedTrainer start(
            DistributedJob job, Optimizer optimizer, ParameterSource source, List<Machine> machines, long seed) {
        if (machines.size() != job.devices().size()) {
            throw new IllegalArgumentException(
                    machines.size() + " machines for " + job.devices().size() + " devices");
        }
        job.devices().forEach(device -> requireExecuted(job.model(), device));
        VirtualDevices devices = new VirtualDevices(machines.size());
        List<DeviceTrainer> trainers = devices.run(links -> new DeviceTrainer(
                job.devices().get(links.device()), optimizer, source, machines.get(links.device()), links));
        return new DistributedTrainer(job, devices, trainers, new CounterBased(seed));
    }

    private static void requireExecuted(String model, DeviceProgram device) {
        for (Chunk chunk : device.chunks()) {
            for (TrainingProgram.Step step : chunk.program().blocks()) {
                for (Operator operator : step.block().operators()) {
                    Executed.require(model, operator);
                }
            }
        }
    }

    /// One training step. Gives the mean loss, from before the change of the weights.
    ///
    /// @param batch the global batch
    /// @param microBatches of each replica
    /// @throws InputException where the batch does not fit the model, or cannot be dealt out; nothing is changed then
    public float step(Batch batch, int microBatches) {
        float loss = gradients(batch, microBatches);
        devices.run(links -> {
            trainers.get(links.device()).update(steps);
            return links.device();
        });
        return loss;
    }

    /// The first part of a step: leaves summed gradients on the devices, and the weights as they are.
    public float gradients(Batch batch, int microBatches) {
        BatchCheck.require(job.whole(), batch);
        Parallelism parallelism = job.parallelism();
        int replicas = parallelism.data().degree();
        if (batch.sequences() % (replicas * microBatches) != 0) {
            throw InputException.usage(
                    "batch: found %d sequences, expected a multiple of %d micro-batches on each of %d replicas"
                            .formatted(batch.sequences(), microBatches, replicas),
                    "Give as many sequences to every micro-batch.");
        }
        steps++;
        for (int device = 0; device < devices.count(); device++) {
            devices.links(device).traffic().clear();
        }
        List<Double> losses = devices.run(links -> {
            DeviceTrainer trainer = trainers.get(links.device());
            int first = trainer.program().place().data() * microBatches;
            return trainer.gradients(dealt(batch, first, microBatches), random(first, microBatches));
        });
        return mean(losses, microBatches);
    }

    /// The sequences of some micro-batches, numbered over all replicas.
    private List<Batch> dealt(Batch batch, int first, int count) {
        int size = batch.sequences() / (count * job.parallelism().data().degree());
        List<Batch> own = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            own.add(batch.sequences(i * size, (i + 1) * size));
        }
        return own;
    }

    private List<CounterBased> random(int first, int count) {
        List<CounterBased> own = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            own.add(random.at(steps).at(i));
        }
        return own;
    }

    /// Over the last stage's devices, of which those of a tensor group found the same.
    private float mean(List<Double> losses, int microBatches) {
        double sum = 0;
        int count = 0;
        for (int device = 0; device < losses.size(); device++) {
            if (trainers.get(device).program().place().stage()
                    == job.parallelism().pipeline().degree() - 1) {
                sum += losses.get(device);
                count += microBatches;
            }
        }
        return (float) (sum / count);
    }

    /// What was observed of the latest step, of each device.
    public List<DeviceObservation> observations() {
        List<DeviceObservation> seen = new ArrayList<>();
        for (int device = 0; device < devices.count(); device++) {
            DeviceTrainer trainer = trainers.get(device);
            seen.add(new DeviceObservation(
                    trainer.observation(),
                    trainer.saved(),
                    devices.links(device).traffic().sent(),
                    trainer.routed()));
        }
        return seen;
    }

    /// The whole model's summed gradients, put together from all devices; infinity where those that hold the same differ.
    public Map<String, float[]> wholeGradients() {
        return WholeValues.gradients(trainers);
    }

    /// The whole model's weights, put together from all devices; infinity where those that hold the same differ.
    public Map<String, float[]> wholeWeights() {
        return WholeValues.weights(trainers);
    }
}
