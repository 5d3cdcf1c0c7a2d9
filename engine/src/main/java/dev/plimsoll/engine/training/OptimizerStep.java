package dev.plimsoll.engine.training;

import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.HeldParameter.TrainedParameter;
import dev.plimsoll.model.execution.Optimizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Changes weights by their gradients, stretch by stretch, in f32: step 6 of the memory rules, which allocates nothing.
///
/// The master weights are changed where there are any, and the weights are those rounded; else the weights themselves.
final class OptimizerStep {
    /// Elements widened at once; a few stretches lie in a worker's nearest cache together.
    private static final int STRETCH = 1024;

    private final Machine machine;
    private final List<Buffers> buffers;

    /// One worker's stretches.
    @SuppressWarnings("ArrayRecordComponent") // a worker's own
    private record Buffers(float[] weights, float[] gradients, float[][] states) {}

    OptimizerStep(Machine machine, Optimizer optimizer) {
        this.machine = machine;
        this.buffers = IntStream.range(0, machine.workers().count())
                .mapToObj(worker ->
                        new Buffers(new float[STRETCH], new float[STRETCH], new float[optimizer.states()][STRETCH]))
                .toList();
    }

    /// @param step from 1 on
    void run(ParameterStore parameters, Optimizer optimizer, long step) {
        Update update = Update.of(optimizer, step);
        for (HeldParameter parameter : parameters.all()) {
            parameter.trained().ifPresent(trained -> run(parameter, trained, update));
        }
    }

    private void run(HeldParameter parameter, TrainedParameter trained, Update update) {
        Tensor weight = parameter.weight();
        Shard shard = parameter.shard();
        Tensor changed = trained.master().orElse(weight);
        int inChanged = trained.master().isPresent() ? 0 : shard.inWeight();
        int inGradient = trained.gradientCopy().isPresent() ? 0 : shard.inGradient();
        List<Tensor> states = trained.states();
        stretches(shard.count(), (worker, from, to) -> {
            Buffers own = buffers.get(worker);
            Work work = machine.meter().worker(worker);
            int count = to - from;
            changed.load(inChanged + from, own.weights(), 0, count, work);
            trained.wholeGradient().load(inGradient + from, own.gradients(), 0, count, work);
            for (int i = 0; i < states.size(); i++) {
                states.get(i).load(from, own.states()[i], 0, count, work);
            }
            update.apply(own.weights(), own.gradients(), own.states(), count);
            changed.store(inChanged + from, own.weights(), 0, count, work);
            for (int i = 0; i < states.size(); i++) {
                states.get(i).store(from, own.states()[i], 0, count, work);
            }
            if (trained.master().isPresent()) {
                weight.store(shard.inWeight() + from, own.weights(), 0, count, work);
            }
        });
    }

    /// Sets every gradient to zero, before a step's first micro-batch.
    void clearGradients(ParameterStore parameters) {
        for (HeldParameter parameter : parameters.all()) {
            parameter.trained().ifPresent(trained -> {
                clear(trained.gradient());
                trained.gradientCopy().ifPresent(this::clear);
            });
        }
    }

    private void clear(Tensor tensor) {
        stretches(tensor.elements(), (worker, from, to) -> {
            float[] zeros = buffers.get(worker).gradients();
            Arrays.fill(zeros, 0, to - from, 0);
            tensor.store(from, zeros, 0, to - from, machine.meter().worker(worker));
        });
    }

    /// Moves gradients into their copy, where there is one: after each micro-batch, so that the copy has their sum.
    void moveToCopies(ParameterStore parameters) {
        for (HeldParameter parameter : parameters.all()) {
            parameter
                    .trained()
                    .ifPresent(trained -> trained.gradientCopy()
                            .ifPresent(copy -> moveToCopy(trained.gradient(), copy, parameter.shard())));
        }
    }

    private void moveToCopy(Tensor gradient, Tensor copy, Shard shard) {
        stretches(shard.count(), (worker, from, to) -> {
            Buffers own = buffers.get(worker);
            Work work = machine.meter().worker(worker);
            gradient.load(shard.inGradient() + from, own.gradients(), 0, to - from, work);
            copy.load(from, own.weights(), 0, to - from, work);
            machine.kernels().add(own.gradients(), 0, own.weights(), 0, to - from);
            copy.store(from, own.weights(), 0, to - from, work);
        });
        clear(gradient);
    }

    private void stretches(int elements, Workers.RangeTask task) {
        machine.workers().forEachRange(elements, STRETCH, (worker, from, to) -> {
            for (int at = from; at < to; at += STRETCH) {
                task.run(worker, at, Math.min(at + STRETCH, to));
            }
        });
    }
}
