package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.hardware.Cluster;

/// The groups in which one layout's devices communicate.
///
/// @param data the devices that share out a dense parameter's states: data and context parallelism together, or those of
///     one group where weights are shared out in groups
/// @param replicas the like devices of such groups
/// @param expertData the same for an expert's parameters
/// @param pipeline a device and its like on the next stage
public record Rings(Ring tensor, Ring context, Ring expert, Ring data, Ring expertData, Ring replicas, Ring pipeline) {
    /// One device.
    public static final Rings ALONE =
            new Rings(Ring.ALONE, Ring.ALONE, Ring.ALONE, Ring.ALONE, Ring.ALONE, Ring.ALONE, Ring.ALONE);

    /// @param upShare of a data sheet's bandwidth that collectives reach inside a domain
    /// @param outShare the same between domains
    public static Rings of(Cluster cluster, Parallelism parallelism, double upShare, double outShare) {
        long tensor = parallelism.tensor().degree();
        long context = parallelism.context().degree();
        long replicas = parallelism.data().degree();
        long groups = replicas / parallelism.data().shards();
        long expert = parallelism.expert().degree();
        long expertTensor = parallelism.expert().tensorDegree();
        long stages = parallelism.pipeline().degree();
        long stage = tensor * context * replicas;
        long expertReplicas = Math.max(1, stage / groups / (expert * expertTensor));
        return new Rings(
                Ring.of(cluster, tensor, 1, upShare, outShare),
                Ring.of(cluster, context, tensor, upShare, outShare),
                Ring.of(cluster, expert, expertTensor, upShare, outShare),
                Ring.of(cluster, context * replicas / groups, tensor, upShare, outShare),
                Ring.of(cluster, expertReplicas, expert * expertTensor, upShare, outShare),
                Ring.of(cluster, groups, stage / groups, upShare, outShare),
                neighbours(cluster, stages, stage, upShare, outShare));
    }

    private static Ring neighbours(Cluster cluster, long stages, long stage, double upShare, double outShare) {
        return stages == 1 ? Ring.ALONE : Ring.of(cluster, stages, stage, upShare, outShare);
    }
}
