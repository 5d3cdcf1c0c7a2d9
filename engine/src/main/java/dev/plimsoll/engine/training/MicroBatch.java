package dev.plimsoll.engine.training;

import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The tensors of one micro-batch on its way forward and back.
final class MicroBatch {
    private final TrainingSetup setup;
    private final Batch batch;
    private final CounterBased random;
    private final BatchInputs inputs;
    private final List<Frame> frames = new ArrayList<>();

    /// Allocates the batch's inputs.
    ///
    /// @param random the micro-batch's own
    MicroBatch(TrainingSetup setup, Batch batch, CounterBased random) {
        this.setup = setup;
        this.batch = batch;
        this.random = random;
        this.inputs = BatchInputs.of(setup, batch);
    }

    TrainingSetup setup() {
        return setup;
    }

    BatchInputs inputs() {
        return inputs;
    }

    Frame frame(int block) {
        return frames.get(block);
    }

    /// The first block's frame, with a tensor for its first input, which another device made.
    Tensor startStream() {
        TrainingProgram.Step step = setup.program().blocks().getFirst();
        setup.recorder()
                .moment(
                        step.label(),
                        Pass.FORWARD,
                        step.block().operators().getFirst().name());
        Frame frame = startFrame();
        Value input = step.block().inputs().getFirst();
        Category category = frame.lifetimes().keeps(input.name()) ? Category.SAVED_ACTIVATION : Category.TEMPORARY;
        return frame.allocate(new Kept.OfValue(input), category);
    }

    /// Lets go of the last block's first output, which another device has now.
    void releaseOutput() {
        Frame last = frames.getLast();
        String output = output(last).name();
        if (!last.lifetimes().keeps(output)) {
            last.release(output);
        }
    }

    int started() {
        return frames.size();
    }

    /// The next block's frame, with the first output of the block before it as its first input.
    Frame startFrame() {
        int block = frames.size();
        TrainingProgram.Step step = setup.program().blocks().get(block);
        Frame frame = new Frame(
                step,
                setup.lifetimes().get(block),
                setup.recorder(),
                setup.program().execution().precision(),
                batch);
        if (block > 0) {
            Frame before = frames.getLast();
            String output = output(before).name();
            Tensor tensor = before.lifetimes().keeps(output) ? before.get(output) : before.take(output);
            frame.put(step.block().inputs().getFirst().name(), tensor);
        }
        frames.add(frame);
        return frame;
    }

    static Value output(Frame frame) {
        return frame.step().block().outputs().getFirst();
    }

    /// A value that an operator reads: the batch's, or of its block.
    Tensor read(Frame frame, Value value) {
        return inputs.has(value.name()) ? inputs.get(value) : frame.get(value.name());
    }

    Tensor parameter(Frame frame, Parameter parameter) {
        return setup.parameters().weight(frame.step(), parameter);
    }

    Optional<Tensor> parameterGradient(Frame frame, Parameter parameter) {
        return setup.parameters().gradient(frame.step(), parameter);
    }

    /// The place in its sequence of each token that an operator's output has, `[b, s]`.
    int[] places(Operator operator) {
        TokenSlice slice = setup.seat().slice(operator.output(), batch.tokens());
        int[] places = new int[batch.sequences() * slice.count()];
        Arrays.setAll(places, i -> slice.from() + i % slice.count());
        return places;
    }

    CounterBased random(Frame frame, Operator operator) {
        CounterBased own = random.at(frame.step().label()).at(operator.name());
        int draws = setup.seat().draws(operator);
        return draws == 0 ? own : own.at(draws);
    }

    Optional<int[]> givenExperts(Frame frame, Operator operator) {
        return Optional.ofNullable(batch.givenExperts().get(frame.step().label() + "/" + operator.name()));
    }

    /// Lets go of a block's tensor: released, unless the block before keeps it as its output.
    void release(Frame frame, String name) {
        Tensor tensor = frame.take(name);
        int block = frames.indexOf(frame);
        boolean shared = block > 0
                && name.equals(frame.step().block().inputs().getFirst().name())
                && frames.get(block - 1)
                        .lifetimes()
                        .keeps(output(frames.get(block - 1)).name());
        if (!shared) {
            setup.recorder().release(tensor);
        }
    }

    /// Starts anew to watch who reads what, for the backward pass.
    void forgetReads() {
        inputs.alive().forEach(Tensor::forgetReads);
        frames.forEach(frame -> frame.alive().forEach(Tensor::forgetReads));
    }

    /// Releases whatever is left, at the end or after a failure.
    void close() {
        inputs.alive().forEach(this::releaseOnce);
        for (Frame frame : frames) {
            frame.alive().forEach(this::releaseOnce);
        }
    }

    private void releaseOnce(Tensor tensor) {
        if (!tensor.isReleased()) {
            setup.recorder().release(tensor);
        }
    }
}
