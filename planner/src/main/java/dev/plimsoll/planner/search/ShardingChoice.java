package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.hardware.Cluster;

/// What replicas deal out, and over how many of them.
public record ShardingChoice(Sharding sharding, Extent extent) {
    /// Over how many replicas.
    public enum Extent {
        ALL,
        /// Those that share a scale-up domain (hybrid sharding).
        DOMAIN
    }

    /// Everything whole on each replica.
    public static final ShardingChoice NONE = new ShardingChoice(Sharding.NONE, Extent.ALL);

    /// Replicas that deal out; 0 where this choice is no other than [Extent#ALL].
    ///
    /// @param replicas the data-parallel degree
    /// @param stride devices between one replica and the next
    int shards(int replicas, long stride, Cluster cluster) {
        if (sharding == Sharding.NONE) {
            return 1;
        }
        return switch (extent) {
            case ALL -> replicas;
            case DOMAIN -> {
                long inside = cluster.inside(replicas, stride);
                yield inside > 1 && inside < replicas ? (int) inside : 0;
            }
        };
    }
}
