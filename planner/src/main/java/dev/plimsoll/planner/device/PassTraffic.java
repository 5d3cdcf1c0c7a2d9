package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.DeviceProgram.Chunk;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.training.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a device sends in one pass: for its operators, for parameters that are dealt out, and to the chunk behind or
/// before.
final class PassTraffic {
    private final DeviceRun run;
    private final ChunkSteps steps;
    private final BlockBuffers buffers;
    private final int microBatch;
    private final Map<String, ParameterPart> parts = new HashMap<>();
    private final List<Sent> sent = new ArrayList<>();

    private PassTraffic(DeviceRun run, Chunk chunk, int microBatch) {
        this.run = run;
        this.steps = new ChunkSteps(chunk, run);
        this.buffers = new BlockBuffers(run.program(), steps);
        this.microBatch = microBatch;
        run.program().parameters().forEach(part -> parts.put(part.tensor(), part));
    }

    /// In execution order.
    static List<Sent> of(DeviceRun run, StagePass pass) {
        Chunk chunk = run.program().chunks().get(pass.chunk());
        PassTraffic traffic = new PassTraffic(run, chunk, pass.microBatch());
        switch (pass.kind()) {
            case FORWARD -> traffic.forward();
            case BACKWARD -> traffic.backward();
            case WEIGHT_GRADIENTS -> traffic.backwardBlocks(StagePass.Kind.WEIGHT_GRADIENTS);
        }
        return List.copyOf(traffic.sent);
    }

    private List<TrainingProgram.Step> blocks() {
        return steps.chunk().program().blocks();
    }

    private void forward() {
        for (TrainingProgram.Step block : blocks()) {
            gather(block);
            for (Operator operator : block.block().operators()) {
                sent.addAll(bytes(block, Moment.Pass.FORWARD, operator).forward(operator));
            }
        }
        if (steps.chunk().number() < run.program().allChunks() - 1) {
            TrainingProgram.Step last = blocks().getLast();
            handOver(last, "output", last.block().outputs().getFirst());
        }
    }

    private void backward() {
        backwardBlocks(StagePass.Kind.BACKWARD);
        TrainingProgram.Step first = blocks().getFirst();
        Value stream = first.block().inputs().getFirst();
        if (steps.chunk().number() > 0 && first.backward().inputGradients().contains(stream)) {
            handOver(first, "gradient of the input", stream);
        }
    }

    private void backwardBlocks(StagePass.Kind kind) {
        for (TrainingProgram.Step block : blocks().reversed()) {
            if (steps.backward(block, kind).isEmpty()) {
                continue;
            }
            gather(block);
            for (BackwardStep step : steps.backward(block, kind)) {
                switch (step) {
                    case BackwardStep.Rerun(Operator operator) ->
                        sent.addAll(bytes(block, Moment.Pass.RERUN, operator).forward(operator));
                    case BackwardStep.Gradient gradient ->
                        sent.addAll(bytes(block, Moment.Pass.GRADIENT, gradient.operator())
                                .gradient(gradient));
                }
            }
            if (buffers.scatters()) {
                buffers.scattered(block, kind).forEach(parameter -> scatter(block, parameter));
            }
        }
    }

    private CollectiveBytes bytes(TrainingProgram.Step block, Moment.Pass pass, Operator operator) {
        DeviceSizes sizes = new DeviceSizes(run, microBatch, block.label());
        return new CollectiveBytes(run, sizes, new Moment(block.label(), pass, operator.name()).toString());
    }

    private void handOver(TrainingProgram.Step block, String what, Value stream) {
        DeviceSizes sizes = new DeviceSizes(run, microBatch, block.label());
        Bytes bytes = new Bytes(sizes.bytes(stream));
        sent.add(new Sent(block.label() + " " + what, Exchange.SEND, DeviceGroup.PIPELINE, bytes, bytes));
    }

    private void gather(TrainingProgram.Step block) {
        if (buffers.gathers()) {
            DataType type = steps.chunk().program().execution().precision().weights();
            for (Parameter parameter : block.block().parameters()) {
                ParameterPart part = part(block, parameter);
                sent.add(ParameterTraffic.of(run.program(), part).gather(type));
            }
        }
    }

    private void scatter(TrainingProgram.Step block, Parameter parameter) {
        DataType type = steps.chunk().program().execution().precision().gradients();
        sent.add(ParameterTraffic.of(run.program(), part(block, parameter)).scatter(type));
    }

    private ParameterPart part(TrainingProgram.Step block, Parameter parameter) {
        String tensor = parameter.sharing() == Parameter.Sharing.WHOLE_MODEL
                ? parameter.name()
                : block.label() + "/" + parameter.name();
        ParameterPart part = parts.get(tensor);
        if (part == null) {
            throw new IllegalStateException(tensor + " is not among the device's parameters");
        }
        return part;
    }
}
