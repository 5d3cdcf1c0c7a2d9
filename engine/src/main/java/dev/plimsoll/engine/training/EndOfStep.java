package dev.plimsoll.engine.training;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.device.Reduction;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.HeldParameter.TrainedParameter;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.GradientSum;

/// What devices exchange when the last micro-batch has gone back, parameter by parameter in the order of first use;
/// nothing is allocated, and everything travels in the type it is held in.
///
/// First, gradients of which each device of a group has only some are summed over that group. Then over the replicas: all
/// of the gradient where nothing is shared out, else the shards that have not been summed already, and over the runs of
/// replicas that share. Behind the optimizer's step the shards of weights that are held whole are gathered.
final class EndOfStep {
    private final DeviceProgram program;
    private final ParameterStore store;
    private final Rings rings;
    private final Replicas replicas;

    EndOfStep(DeviceProgram program, ParameterStore store, Rings rings, Replicas replicas) {
        this.program = program;
        this.store = store;
        this.rings = rings;
        this.replicas = replicas;
    }

    void reduceGradients() {
        for (HeldParameter parameter : store.all()) {
            parameter.trained().ifPresent(trained -> reduce(parameter, trained));
        }
    }

    private void reduce(HeldParameter parameter, TrainedParameter trained) {
        Tensor gradient = trained.gradient();
        for (GradientSum sum : program.sums()) {
            if (sum.tensor().equals(parameter.place().name())) {
                allReduce(gradient, 0, gradient.elements(), rings.of(sum.group()));
            }
        }
        Shard shard = parameter.shard();
        if (shard.sharding() == Sharding.NONE) {
            allReduce(gradient, 0, gradient.elements(), replicas.all(parameter));
            return;
        }
        if (!shard.ofGradients()) {
            Ring ring = replicas.sharers(parameter);
            float[] values = values(gradient, 0, gradient.elements());
            float[] own = ring.reduceScatter(values, ring.bounds(values.length), gradient.dataType());
            gradient.store(shard.from(), own, 0, own.length, Work.ignored());
        }
        int held = shard.ofGradients() ? gradient.elements() : shard.count();
        allReduce(gradient, shard.inGradient(), held, replicas.otherRuns(parameter));
    }

    void gatherWeights() {
        for (HeldParameter parameter : store.all()) {
            if (parameter.trained().isPresent() && !parameter.shard().ofWeights()) {
                gather(parameter.weight(), parameter.shard(), replicas.sharers(parameter));
            }
        }
    }

    private static void gather(Tensor weight, Shard shard, Ring ring) {
        if (shard.of() == 1) {
            return;
        }
        float[] own = values(weight, shard.from(), shard.count());
        int at = 0;
        for (Payload part : ring.allGather(new Payload.Floats(own), weight.dataType())) {
            float[] values = ((Payload.Floats) part).values();
            weight.store(at, values, 0, values.length, Work.ignored());
            at += values.length;
        }
    }

    private static void allReduce(Tensor tensor, int from, int count, Ring ring) {
        if (ring.size() > 1) {
            float[] values = values(tensor, from, count);
            ring.allReduce(values, Reduction.SUM, tensor.dataType());
            tensor.store(from, values, 0, count, Work.ignored());
        }
    }

    private static float[] values(Tensor tensor, int from, int count) {
        float[] values = new float[count];
        tensor.load(from, values, 0, count, Work.ignored());
        return values;
    }
}
