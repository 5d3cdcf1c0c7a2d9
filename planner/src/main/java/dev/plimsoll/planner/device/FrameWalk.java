package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.planner.training.Moment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Walks one micro-batch through one chunk and keeps account of what is held of it.
///
/// As on one device ([dev.plimsoll.planner.training.MemoryTimeline]), and at the seams: the stream arrives in a tensor
/// made at the start of the forward pass, the gradient of the chunk's output at the start of the backward pass; the
/// output is let go when it is sent, and so is the gradient of the input. The loss is let go at the end of the
/// backward pass. A ring of keys holds two more parts of keys and values while it runs, and of their gradients in f32.
final class FrameWalk {
    private final DeviceRun run;
    private final ChunkSteps steps;
    private final BlockBuffers buffers;
    private final int microBatch;
    private final Map<String, Long> held = new HashMap<>();
    private final Map<StagePass.Kind, PassProfile> passes = new EnumMap<>(StagePass.Kind.class);
    private List<PassProfile.Point> points = new ArrayList<>();
    private long now;
    private int step;

    FrameWalk(DeviceRun run, ChunkSteps steps, int microBatch) {
        this.run = run;
        this.steps = steps;
        this.buffers = new BlockBuffers(run.program(), steps);
        this.microBatch = microBatch;
    }

    Map<StagePass.Kind, PassProfile> walk() {
        forward();
        end(StagePass.Kind.FORWARD);
        backward(StagePass.Kind.BACKWARD);
        end(StagePass.Kind.BACKWARD);
        backwardBlocks(StagePass.Kind.WEIGHT_GRADIENTS);
        end(StagePass.Kind.WEIGHT_GRADIENTS);
        return passes;
    }

    private List<TrainingProgram.Step> blocks() {
        return steps.chunk().program().blocks();
    }

    private boolean isFirst() {
        return steps.chunk().number() == 0;
    }

    private boolean isLast() {
        return steps.chunk().number() == run.program().allChunks() - 1;
    }

    private void end(StagePass.Kind kind) {
        long saved = held.entrySet().stream()
                .filter(entry -> steps.isKept(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        passes.put(kind, new PassProfile(points, now, saved));
        points = new ArrayList<>();
    }

    private void forward() {
        for (TrainingProgram.Step block : blocks()) {
            for (Value input : block.block().inputs()) {
                if (input.content() == Value.Content.INDEX) {
                    make(block, steps.name(block, input), new Kept.OfValue(input));
                }
            }
        }
        TrainingProgram.Step first = blocks().getFirst();
        if (!isFirst()) {
            Value stream = first.block().inputs().getFirst();
            make(first, steps.name(first, stream), new Kept.OfValue(stream));
        }
        for (TrainingProgram.Step block : blocks()) {
            long gathered = buffers.forward(block);
            now += gathered;
            block.block().operators().forEach(operator -> forward(block, operator));
            now -= gathered;
        }
        TrainingProgram.Step last = blocks().getLast();
        String output = steps.name(last, last.block().outputs().getFirst());
        if (!isLast() && !steps.isKept(output)) {
            release(output);
        }
    }

    private void forward(TrainingProgram.Step block, Operator operator) {
        Value output = block.block().outputs().getFirst();
        Set<String> touched = reads(block, operator);
        for (Value written : operator.writes()) {
            make(block, steps.name(block, written), new Kept.OfValue(written));
            if (!written.equals(output)) {
                touched.add(steps.name(block, written));
            }
        }
        for (Kept kept : block.backward().kept()) {
            if (kept instanceof Kept.Found found && found.operator().equals(operator.name())) {
                make(block, steps.name(block, kept), kept);
            }
        }
        long travelling = Travelling.forward(operator, sizes(block));
        point(new Moment(block.label(), Moment.Pass.FORWARD, operator.name()), travelling, touched);
    }

    private void backward(StagePass.Kind kind) {
        TrainingProgram.Step last = blocks().getLast();
        Value output = last.block().outputs().getFirst();
        if (!last.backward().steps().isEmpty()) {
            make(last, steps.gradient(last, output), new Kept.OfValue(output));
        }
        backwardBlocks(kind);
        TrainingProgram.Step first = blocks().getFirst();
        if (!isFirst()) {
            release(steps.gradient(first, first.block().inputs().getFirst()));
        }
        if (isLast()) {
            release(steps.name(last, output));
        }
    }

    private void backwardBlocks(StagePass.Kind kind) {
        for (TrainingProgram.Step block : blocks().reversed()) {
            long extra = buffers.backward(block, kind);
            now += extra;
            for (BackwardStep backward : steps.backward(block, kind)) {
                switch (backward) {
                    case BackwardStep.Rerun(Operator operator) -> rerun(block, operator);
                    case BackwardStep.Gradient gradient -> gradient(block, gradient);
                }
            }
            now -= extra;
        }
    }

    private void rerun(TrainingProgram.Step block, Operator operator) {
        Set<String> touched = reads(block, operator);
        long twins = Travelling.forward(operator, sizes(block));
        for (Value written : operator.writes()) {
            String name = steps.name(block, written);
            if (held.containsKey(name)) {
                twins += sizes(block).bytes(written);
            } else {
                make(block, name, new Kept.OfValue(written));
                touched.add(name);
            }
        }
        for (Kept found : steps.findings(block, operator)) {
            String name = steps.name(block, found);
            if (!steps.isOver(name, step) && !held.containsKey(name)) {
                make(block, name, found);
                touched.add(name);
            }
        }
        point(new Moment(block.label(), Moment.Pass.RERUN, operator.name()), twins, touched);
    }

    private void gradient(TrainingProgram.Step block, BackwardStep.Gradient gradient) {
        for (Value input : gradient.inputs()) {
            make(block, steps.gradient(block, input), new Kept.OfValue(input));
        }
        Set<String> touched = new LinkedHashSet<>();
        gradient.reads().forEach(read -> touched.add(steps.name(block, read)));
        gradient.operator().writes().forEach(written -> touched.add(steps.gradient(block, written)));
        Operator operator = gradient.operator();
        long travelling = Travelling.gradient(operator, gradient.inputs(), sizes(block));
        point(new Moment(block.label(), Moment.Pass.GRADIENT, operator.name()), travelling, touched);
    }

    private Set<String> reads(TrainingProgram.Step block, Operator operator) {
        Set<String> reads = new LinkedHashSet<>();
        operator.reads().forEach(read -> reads.add(steps.name(block, read)));
        return reads;
    }

    private DeviceSizes sizes(TrainingProgram.Step block) {
        return new DeviceSizes(run, microBatch, block.label());
    }

    private void make(TrainingProgram.Step block, String name, Kept tensor) {
        if (!held.containsKey(name)) {
            long bytes = sizes(block).bytes(tensor);
            held.put(name, bytes);
            now += bytes;
        }
    }

    private void release(String name) {
        Long bytes = held.remove(name);
        now -= bytes == null ? 0 : bytes;
    }

    /// Notes what is held, with what the step holds for itself, then lets go what nobody reads any more.
    private void point(Moment moment, long meanwhile, Set<String> touched) {
        points.add(new PassProfile.Point(moment, now + meanwhile));
        for (String name : touched) {
            if (steps.isOver(name, step)) {
                release(name);
            }
        }
        step++;
    }
}
