package dev.plimsoll.engine.training;

import dev.plimsoll.engine.device.Group;
import dev.plimsoll.engine.device.Links;
import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.PipelineOrder;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.DeviceProgram.Chunk;
import dev.plimsoll.model.rewrite.DividedBackward;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One device's side of a training over several: its chunks, its passes in the order of its stage, and what it does with
/// the others behind the last pass. To be used by the device's own thread.
final class DeviceTrainer {
    private final DeviceProgram program;
    private final Machine machine;
    private final Optimizer optimizer;
    private final Recorder recorder;
    private final ParameterStore parameters;
    private final OptimizerStep optimizerStep;
    private final EndOfStep endOfStep;
    private final OperatorExecution execution;
    private final Ring pipeline;
    private final List<TrainingSetup> chunks = new ArrayList<>();
    private final Map<StagePass, MicroBatch> running = new HashMap<>();
    private long saved;

    /// Allocates and fills what is held before the first step.
    DeviceTrainer(DeviceProgram program, Optimizer optimizer, ParameterSource source, Machine machine, Links links) {
        this.program = program;
        this.machine = machine;
        this.optimizer = optimizer;
        this.recorder = new Recorder(machine);
        Rings rings = rings(program, links);
        Replicas replicas = new Replicas(program, links);
        this.parameters = ParameterStore.of(
                program.chunks().stream().map(Chunk::program).toList(),
                optimizer,
                new SlicedParameters(source, program.parameters()),
                recorder,
                replicas::shard);
        this.optimizerStep = new OptimizerStep(machine, optimizer);
        this.endOfStep = new EndOfStep(program, parameters, rings, replicas);
        this.pipeline = rings.of(DeviceGroup.PIPELINE);
        TrainingExecution how = program.chunks().getFirst().program().execution();
        this.execution =
                new OperatorExecution(machine, how.attention(), how.dropout().attention(), rings);
        BlockParameters whole = new GatheredParameters(parameters, recorder, how.precision(), replicas::sharers);
        for (Chunk chunk : program.chunks()) {
            chunks.add(TrainingSetup.of(chunk.program(), this::wayBack, whole, execution, recorder, seat()));
        }
    }

    private static Rings rings(DeviceProgram program, Links links) {
        Map<DeviceGroup, Ring> known = new EnumMap<>(DeviceGroup.class);
        return group -> known.computeIfAbsent(group, key -> links.ring(new Group(key.name(), program.members(key))));
    }

    private WayBack wayBack(TrainingProgram.Step block) {
        DividedBackward divided = DividedBackward.of(
                block.backward(), program.parallelism().pipeline().schedule());
        return new WayBack(block.backward().kept(), divided.backward(), divided.weights());
    }

    private Seat seat() {
        Parallelism parallelism = program.parallelism();
        return new Seat(
                program.place().context(),
                parallelism.context().degree(),
                program.place().tensor(),
                parallelism.tensor().degree());
    }

    /// Runs all micro-batches forward and back, and sums gradients over the devices. Gives the sum of the micro-batches'
    /// losses, 0 on stages without one.
    ///
    /// @param microBatches of this device's replica
    /// @param random for each of them
    double gradients(List<Batch> microBatches, List<CounterBased> random) {
        recorder.startStep();
        saved = 0;
        optimizerStep.clearGradients(parameters);
        Parallelism parallelism = program.parallelism();
        float share = 1f
                / (microBatches.size()
                        * parallelism.data().degree()
                        * parallelism.context().degree());
        double loss = 0;
        for (StagePass pass :
                PipelineOrder.of(parallelism.pipeline(), program.place().stage(), microBatches.size())) {
            int number = pass.microBatch();
            switch (pass.kind()) {
                case FORWARD -> loss += forward(pass, microBatches.get(number), random.get(number));
                case BACKWARD -> backward(pass, share);
                case WEIGHT_GRADIENTS -> {
                    MicroBatch microBatch = running(pass);
                    new BackwardPass(microBatch).runLater();
                    end(pass, microBatch);
                }
            }
            long now = machine.memory().held(Category.SAVED_ACTIVATION).count();
            saved = Math.max(saved, now);
        }
        endOfStep.reduceGradients();
        optimizerStep.moveToCopies(parameters);
        return loss;
    }

    /// @param step from 1 on
    void update(long step) {
        optimizerStep.run(parameters, optimizer, step);
        endOfStep.gatherWeights();
    }

    private double forward(StagePass pass, Batch batch, CounterBased random) {
        TrainingSetup setup = chunks.get(pass.chunk());
        int chunk = number(pass);
        recorder.microBatch(pass.microBatch());
        MicroBatch microBatch = new MicroBatch(setup, batch, random);
        running.put(key(pass), microBatch);
        if (chunk > 0) {
            receive(microBatch.startStream(), "forward", chunk - 1, pass);
        }
        Tensor output = new ForwardPass(microBatch).run();
        if (isLast(chunk)) {
            return output.floats()[0];
        }
        send(output, "forward", chunk + 1, pass);
        microBatch.releaseOutput();
        return 0;
    }

    private void backward(StagePass pass, float share) {
        MicroBatch microBatch = running(pass);
        BackwardPass way = new BackwardPass(microBatch);
        int chunk = number(pass);
        if (isLast(chunk)) {
            way.startLoss(share);
        } else {
            receive(way.start(), "backward", chunk + 1, pass);
        }
        Optional<Tensor> gradient = way.run();
        if (isLast(chunk)) {
            microBatch.releaseOutput();
        }
        if (chunk > 0) {
            Tensor sent = gradient.orElseThrow();
            send(sent, "backward", chunk - 1, pass);
            recorder.release(sent);
        }
        switch (program.parallelism().pipeline().schedule()) {
            case GPIPE, ONE_FORWARD_ONE_BACKWARD -> end(pass, microBatch);
            case ZERO_BUBBLE -> {}
        }
    }

    private void end(StagePass pass, MicroBatch microBatch) {
        microBatch.close();
        running.remove(key(pass));
    }

    private MicroBatch running(StagePass pass) {
        MicroBatch microBatch = running.get(key(pass));
        if (microBatch == null) {
            throw new IllegalStateException(pass + " of a micro-batch that has not gone forward");
        }
        recorder.microBatch(pass.microBatch());
        return microBatch;
    }

    /// One for all passes of a micro-batch over a chunk.
    private static StagePass key(StagePass pass) {
        return new StagePass(StagePass.Kind.FORWARD, pass.chunk(), pass.microBatch());
    }

    private int number(StagePass pass) {
        return program.chunks().get(pass.chunk()).number();
    }

    private boolean isLast(int chunk) {
        return chunk == program.allChunks() - 1;
    }

    private void send(Tensor tensor, String way, int toChunk, StagePass pass) {
        float[] values = new float[tensor.elements()];
        tensor.load(0, values, 0, values.length, machine.meter().worker(0));
        int chunk = number(pass);
        String name = "%s %d to %d of %d".formatted(way, chunk, toChunk, pass.microBatch());
        pipeline.send(toChunk % pipeline.size(), name, new Payload.Floats(values), tensor.dataType());
    }

    private void receive(Tensor tensor, String way, int fromChunk, StagePass pass) {
        String name = "%s %d to %d of %d".formatted(way, fromChunk, number(pass), pass.microBatch());
        Payload payload = pipeline.receive(fromChunk % pipeline.size(), name);
        float[] values = ((Payload.Floats) payload).values();
        tensor.store(0, values, 0, values.length, machine.meter().worker(0));
    }

    DeviceProgram program() {
        return program;
    }

    ParameterStore parameters() {
        return parameters;
    }

    Observation observation() {
        return recorder.observation(execution.scratch());
    }

    Bytes saved() {
        return new Bytes(saved);
    }

    List<RoutedRows> routed() {
        return recorder.routed();
    }
}
