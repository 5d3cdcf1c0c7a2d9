package dev.plimsoll.planner.training;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Walks a program in execution order, the way back where something is trained, and keeps account of what is held.
final class MemoryWalk {
    private static final String GRADIENT = "gradient of ";

    private final TrainingProgram program;
    private final MicroBatch batch;
    private final Tensors names;
    private final LastReads lastReads;
    private final Map<String, Long> held = new HashMap<>();
    private final List<MemoryTimeline.Point> points = new ArrayList<>();
    private long now;
    private int step;

    MemoryWalk(TrainingProgram program, Bytes states, MicroBatch batch) {
        this.program = program;
        this.batch = batch;
        this.names = new Tensors(program);
        this.lastReads = new LastReads(program, names);
        now = states.count();
        batchInputs();
        program.blocks().forEach(this::forward);
        TrainingProgram.Step last = program.blocks().getLast();
        if (!last.backward().steps().isEmpty()) {
            Value loss = last.block().outputs().getFirst();
            make(GRADIENT + names.name(last, loss), new Kept.OfValue(loss));
            program.blocks().reversed().forEach(this::backward);
        }
    }

    List<MemoryTimeline.Point> points() {
        return points;
    }

    private void batchInputs() {
        for (TrainingProgram.Step block : program.blocks()) {
            for (Value input : block.block().inputs()) {
                if (input.content() == Value.Content.INDEX) {
                    make(names.name(block, input), new Kept.OfValue(input));
                }
            }
        }
    }

    private void forward(TrainingProgram.Step block) {
        Value output = block.block().outputs().getFirst();
        for (Operator operator : block.block().operators()) {
            Set<String> touched = new LinkedHashSet<>();
            operator.reads().forEach(read -> touched.add(names.name(block, read)));
            for (Value written : operator.writes()) {
                make(names.name(block, written), new Kept.OfValue(written));
                if (!written.equals(output)) {
                    touched.add(names.name(block, written));
                }
            }
            for (Kept kept : block.backward().kept()) {
                if (kept instanceof Kept.Found found && found.operator().equals(operator.name())) {
                    make(names.name(block, kept), kept);
                }
            }
            end(block, Moment.Pass.FORWARD, operator, touched);
        }
    }

    private void backward(TrainingProgram.Step block) {
        for (BackwardStep backward : block.backward().steps()) {
            switch (backward) {
                case BackwardStep.Rerun(Operator operator) -> rerun(block, operator);
                case BackwardStep.Gradient gradient -> gradient(block, gradient);
            }
        }
    }

    private void rerun(TrainingProgram.Step block, Operator operator) {
        Set<String> touched = new LinkedHashSet<>();
        operator.reads().forEach(read -> touched.add(names.name(block, read)));
        long twins = 0;
        for (Value written : operator.writes()) {
            String name = names.name(block, written);
            if (held.containsKey(name)) {
                twins += bytes(new Kept.OfValue(written));
            } else {
                make(name, new Kept.OfValue(written));
                touched.add(name);
            }
        }
        for (Kept found : lastReads.findings(block, operator)) {
            String name = names.name(block, found);
            if (!lastReads.isOver(name, step) && !held.containsKey(name)) {
                make(name, found);
                touched.add(name);
            }
        }
        now += twins;
        end(block, Moment.Pass.RERUN, operator, touched, twins);
    }

    private void gradient(TrainingProgram.Step block, BackwardStep.Gradient gradient) {
        for (Value input : gradient.inputs()) {
            String name = GRADIENT + names.name(block, input);
            if (!held.containsKey(name)) {
                make(name, new Kept.OfValue(input));
            }
        }
        Set<String> touched = new LinkedHashSet<>();
        gradient.reads().forEach(read -> touched.add(names.name(block, read)));
        for (Value written : gradient.operator().writes()) {
            touched.add(GRADIENT + names.name(block, written));
        }
        end(block, Moment.Pass.GRADIENT, gradient.operator(), touched);
    }

    private void make(String name, Kept tensor) {
        long bytes = bytes(tensor);
        if (held.putIfAbsent(name, bytes) == null) {
            now += bytes;
        }
    }

    private long bytes(Kept tensor) {
        return tensor.heldIn(program.execution().precision())
                .bytes(batch.elements(tensor.shape()))
                .count();
    }

    private void end(TrainingProgram.Step block, Moment.Pass pass, Operator operator, Set<String> touched) {
        end(block, pass, operator, touched, 0);
    }

    /// Notes what is held, then lets go what nobody reads any more.
    private void end(TrainingProgram.Step block, Moment.Pass pass, Operator operator, Set<String> touched, long twins) {
        points.add(new MemoryTimeline.Point(new Moment(block.label(), pass, operator.name()), new Bytes(now)));
        now -= twins;
        for (String name : touched) {
            if (lastReads.isOver(name, step)) {
                Long bytes = held.remove(name);
                now -= bytes == null ? 0 : bytes;
            }
        }
        step++;
    }
}
