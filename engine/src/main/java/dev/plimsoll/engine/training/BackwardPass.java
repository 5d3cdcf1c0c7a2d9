package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One micro-batch's way back: steps 4 and 5 of the memory rules.
///
/// *Rerun*: the operator's outputs are allocated, and those of its findings that later steps of the block read; of an
/// output that is there already a twin, which goes at once. *Gradient*: the gradient of each listed input is allocated
/// at its first contribution, held like the value; when the step has run, the gradients of the operator's outputs go.
/// After either, every tensor of the forward pass goes that this step read last. The gradient of a block's first input
/// becomes that of the first output of the block before. The pass starts with the gradient of the loss, one f32.
final class BackwardPass {
    private final MicroBatch microBatch;
    private final TrainingSetup setup;

    BackwardPass(MicroBatch microBatch) {
        this.microBatch = microBatch;
        this.setup = microBatch.setup();
    }

    /// All of it, from the loss.
    ///
    /// @param share what the loss counts for: one over the number of micro-batches
    void run(float share) {
        startLoss(share);
        run();
        runLater();
    }

    /// Makes the gradient of the loss.
    void startLoss(float share) {
        Tensor gradient = start();
        gradient.floats()[0] = share;
    }

    /// Makes a tensor for the gradient of the last block's first output.
    Tensor start() {
        Frame frame = microBatch.frame(last());
        Operator first = frame.lifetimes().wayBack().steps().getFirst().operator();
        setup.recorder().moment(frame.step().label(), Pass.GRADIENT, first.name());
        Value output = MicroBatch.output(frame);
        frame.startGradient(output);
        return frame.findGradient(output).orElseThrow();
    }

    /// What is not put off. Gives the gradient of the first block's first input, where it has one.
    Optional<Tensor> run() {
        Optional<Tensor> gradient = Optional.empty();
        for (int block = last(); block >= 0; block--) {
            Frame frame = microBatch.frame(block);
            WayBack way = frame.lifetimes().wayBack();
            run(frame, 0, way.now().size());
            if (way.later().isEmpty()) {
                releaseKept(frame);
            }
            gradient = frame.takeGradient(frame.step().block().inputs().getFirst());
            if (block > 0) {
                Frame before = microBatch.frame(block - 1);
                gradient.ifPresent(tensor -> before.putGradient(MicroBatch.output(before), tensor));
            }
        }
        return gradient;
    }

    /// What was put off.
    void runLater() {
        for (int block = last(); block >= 0; block--) {
            Frame frame = microBatch.frame(block);
            WayBack way = frame.lifetimes().wayBack();
            if (!way.later().isEmpty()) {
                run(frame, way.now().size(), way.steps().size());
                releaseKept(frame);
            }
        }
    }

    private int last() {
        return setup.program().blocks().size() - 1;
    }

    private void run(Frame frame, int from, int to) {
        List<BackwardStep> steps = frame.lifetimes().wayBack().steps();
        if (from == to) {
            return;
        }
        moment(frame, steps.get(from));
        setup.parameters().enter(frame.step(), steps.subList(from, to));
        for (int i = from; i < to; i++) {
            BackwardStep step = steps.get(i);
            Set<String> seen = new HashSet<>(Lifetimes.reads(step));
            switch (step) {
                case BackwardStep.Rerun(Operator operator) -> {
                    rerun(frame, i, operator);
                    operator.writes().forEach(value -> seen.add(value.name()));
                }
                case BackwardStep.Gradient gradient -> gradient(frame, i, gradient);
            }
            release(frame, i, seen);
        }
        setup.parameters().leave(frame.step());
    }

    private void moment(Frame frame, BackwardStep step) {
        Pass pass = switch (step) {
            case BackwardStep.Rerun _ -> Pass.RERUN;
            case BackwardStep.Gradient _ -> Pass.GRADIENT;
        };
        setup.recorder().moment(frame.step().label(), pass, step.operator().name());
    }

    /// Nothing, unless something is kept that no step reads.
    private void releaseKept(Frame frame) {
        for (Kept kept : frame.lifetimes().wayBack().kept()) {
            frame.find(kept.name()).ifPresent(tensor -> microBatch.release(frame, kept.name()));
        }
    }

    private void rerun(Frame frame, int step, Operator operator) {
        String label = frame.step().label();
        setup.recorder().moment(label, Pass.RERUN, operator.name());
        ForwardView before = new ForwardView(microBatch, frame, operator, Map.of(), Map.of());
        setup.execution().arriving(operator, before).ifPresent(frame::arriving);
        Map<String, Tensor> written = new HashMap<>();
        List<Tensor> twins = new ArrayList<>();
        for (Value value : operator.writes()) {
            Kept what = new Kept.OfValue(value);
            if (frame.find(value.name()).isPresent()) {
                Tensor twin = frame.allocateTwin(what, Category.TEMPORARY);
                twins.add(twin);
                written.put(value.name(), twin);
            } else {
                written.put(value.name(), frame.allocate(what, Category.TEMPORARY));
            }
        }
        ForwardView view = new ForwardView(microBatch, frame, operator, written, findings(frame, step, operator));
        setup.recorder()
                .run(label, Pass.RERUN, operator.name(), () -> setup.execution().forward(operator, view));
        twins.forEach(setup.recorder()::release);
    }

    /// Tensors for what the operator finds and a later step reads.
    private static Map<Finding, Tensor> findings(Frame frame, int step, Operator operator) {
        Map<Finding, Tensor> findings = new EnumMap<>(Finding.class);
        List<BackwardStep> steps = frame.lifetimes().wayBack().steps();
        for (BackwardStep later : steps.subList(step + 1, steps.size())) {
            if (later instanceof BackwardStep.Gradient gradient
                    && gradient.operator().equals(operator)) {
                for (Kept read : gradient.reads()) {
                    if (read instanceof Kept.Found found) {
                        findings.put(found.what(), frame.allocate(found, Category.TEMPORARY));
                    }
                }
            }
        }
        return findings;
    }

    private void gradient(Frame frame, int number, BackwardStep.Gradient step) {
        String label = frame.step().label();
        Operator operator = step.operator();
        setup.recorder().moment(label, Pass.GRADIENT, operator.name());
        step.inputs().forEach(frame::startGradient);
        GradientView view = new GradientView(microBatch, frame, step);
        setup.recorder()
                .run(
                        label,
                        Pass.GRADIENT,
                        operator.name(),
                        () -> setup.execution().gradient(step, view));
        if (frame.lifetimes().isLastGradient(operator, number)) {
            frame.releaseGradients(operator);
        }
    }

    /// Lets go of what this step has seen and no later one reads.
    private void release(Frame frame, int step, Set<String> seen) {
        for (String name : seen) {
            if (microBatch.inputs().has(name)) {
                microBatch.inputs().wasRead(name);
            } else if (frame.find(name).isPresent() && !frame.lifetimes().isReadAfter(name, step)) {
                microBatch.release(frame, name);
            }
        }
    }
}
