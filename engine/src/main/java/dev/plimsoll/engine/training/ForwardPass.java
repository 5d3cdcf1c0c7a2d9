package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.Kept.Finding;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// One micro-batch's way forward: step 3 of the memory rules.
///
/// Of each operator: its outputs are allocated, and those of its findings that are kept; it runs; then every value goes
/// that it read last and that is not kept. A block's first output and the next block's first input are one tensor,
/// saved where either block keeps it. Nothing is overwritten, and nothing stands for two values. The last block's output,
/// the loss where something is trained, stays to the end of the micro-batch.
final class ForwardPass {
    private final MicroBatch microBatch;
    private final TrainingSetup setup;

    ForwardPass(MicroBatch microBatch) {
        this.microBatch = microBatch;
        this.setup = microBatch.setup();
    }

    /// Gives the last block's first output, which the micro-batch holds to its end.
    Tensor run() {
        List<TrainingProgram.Step> blocks = setup.program().blocks();
        for (int block = 0; block < blocks.size(); block++) {
            Frame frame = block < microBatch.started() ? microBatch.frame(block) : microBatch.startFrame();
            List<Operator> operators = frame.step().block().operators();
            setup.recorder()
                    .moment(
                            frame.step().label(),
                            Pass.FORWARD,
                            operators.getFirst().name());
            setup.parameters().enter(frame.step(), List.of());
            for (int i = 0; i < operators.size(); i++) {
                run(frame, block, operators.get(i));
                for (String name : frame.lifetimes().afterForward(i)) {
                    microBatch.release(frame, name);
                }
            }
            setup.parameters().leave(frame.step());
        }
        setup.recorder().forwardEnded();
        Frame last = microBatch.frame(blocks.size() - 1);
        microBatch.forgetReads();
        return last.get(MicroBatch.output(last).name());
    }

    private void run(Frame frame, int block, Operator operator) {
        String label = frame.step().label();
        setup.recorder().moment(label, Pass.FORWARD, operator.name());
        ForwardView before = new ForwardView(microBatch, frame, operator, Map.of(), Map.of());
        setup.execution().arriving(operator, before).ifPresent(frame::arriving);
        Map<String, Tensor> written = new HashMap<>();
        for (Value value : operator.writes()) {
            written.put(value.name(), frame.allocate(new Kept.OfValue(value), category(frame, block, value)));
        }
        Map<Finding, Tensor> findings = new EnumMap<>(Finding.class);
        for (Kept kept : frame.lifetimes().wayBack().kept()) {
            if (kept instanceof Kept.Found found && found.operator().equals(operator.name())) {
                findings.put(found.what(), frame.allocate(found, Category.SAVED_ACTIVATION));
            }
        }
        ForwardView view = new ForwardView(microBatch, frame, operator, written, findings);
        setup.recorder()
                .run(
                        label,
                        Pass.FORWARD,
                        operator.name(),
                        () -> setup.execution().forward(operator, view));
        if (operator instanceof Collective.SendToExperts send) {
            setup.recorder()
                    .routed(label, copies(send, view.value(send.experts()).integers()));
        }
        for (Value read : new HashSet<>(operator.reads())) {
            if (microBatch.inputs().has(read.name())) {
                microBatch.inputs().wasRead(read.name());
            }
        }
    }

    /// How many copies go to each device of the expert group.
    private List<Integer> copies(Collective.SendToExperts send, int[] experts) {
        Integer[] counts = new Integer[setup.execution().size(send.group())];
        Arrays.fill(counts, 0);
        for (int expert : experts) {
            counts[(int) (expert / send.expertsEach())]++;
        }
        return List.of(counts);
    }

    private Category category(Frame frame, int block, Value value) {
        boolean kept = frame.lifetimes().keeps(value.name());
        List<TrainingProgram.Step> blocks = setup.program().blocks();
        if (value.equals(MicroBatch.output(frame)) && block + 1 < blocks.size()) {
            String next = blocks.get(block + 1).block().inputs().getFirst().name();
            kept |= setup.lifetimes().get(block + 1).keeps(next);
        }
        return kept ? Category.SAVED_ACTIVATION : Category.TEMPORARY;
    }
}
